import Glibc

/// A piecewise trend and waves for each season by least squares with a penalty; the rest by exponential smoothing.
///
/// The parts are those of Taylor and Letham 2018; the trend ahead is smoothed rather than the last line drawn on, since lines that are drawn on for
/// long are what that model fails by.
struct WaveRegression: Forecaster {
    let name: String
    let waves: [CalendarTerms.Wave]
    let isLogarithmic: Bool
    /// Of each wave's amplitude, in units of the noise; grows with the square of the wave's number.
    let penalty: Double
    private var rest: ExponentialSmoothing
    private var terms: CalendarTerms?
    private var solution: [Double] = []

    init(name: String = "regression", waves: [CalendarTerms.Wave], isLogarithmic: Bool = false, penalty: Double = 1) {
        self.name = name
        self.waves = waves
        self.isLogarithmic = isLogarithmic
        self.penalty = penalty
        rest = ExponentialSmoothing(
            period: 1, forms: [SmoothingForm.Trend.none, .damped].map { SmoothingForm(isRelative: false, trend: $0, season: .none) })
    }

    mutating func fit(_ series: Series) {
        let values = read(series.values)
        (terms, solution) = (nil, [])
        guard let (terms, solution) = regression(values) else { return }
        (self.terms, self.solution) = (terms, solution)
        let season = season(values.count)
        rest.fit(Series(values: zip(values, season).map { $0 - $1 }, periods: []))
    }

    func forecast(_ series: Series, horizon: Int) -> [Double] {
        guard terms != nil else { return Naive().forecast(series, horizon: horizon) }
        let values = read(series.values)
        let season = season(values.count + horizon)
        let ahead = rest.forecast(Series(values: zip(values, season).map { $0 - $1 }, periods: []), horizon: horizon)
        return (0..<horizon).map { isLogarithmic ? exp(ahead[$0] + season[values.count + $0]) : ahead[$0] + season[values.count + $0] }
    }

    private func read(_ values: [Double]) -> [Double] { isLogarithmic ? values.map { log(max($0, 1e-9)) } : values }

    /// What the waves say at the first steps.
    private func season(_ count: Int) -> [Double] {
        guard let terms else { return [] }
        var row = [Double](repeating: 0, count: terms.size)
        return (0..<count).map { step in
            terms.fill(&row, at: step)
            var sum = 0.0
            for index in terms.firstWave..<terms.size { sum += row[index] * solution[index] }
            return sum
        }
    }

    private func regression(_ values: [Double]) -> (CalendarTerms, [Double])? {
        let longest = waves.map(\.period).max() ?? 1
        let kinks = max(0, min(20, Int(Double(values.count) / max(longest, 8)) - 1))
        let terms = CalendarTerms(count: values.count, waves: waves, kinks: kinks)
        guard values.count > terms.size / 2 else { return nil }
        var penalties = [Double](repeating: 1e-6, count: terms.size)
        for index in kinks > 0 ? 2..<terms.firstWave : 0..<0 { penalties[index] = 0.05 }
        var column = terms.firstWave
        for wave in waves {
            for number in 1...wave.count {
                for _ in 0..<2 {
                    penalties[column] = penalty * Double(number * number)
                    column += 1
                }
            }
        }
        var weights = [Double](repeating: 1, count: values.count)
        var row = [Double](repeating: 0, count: terms.size)
        var solution: [Double] = []
        for pass in 0..<2 {
            var equations = NormalEquations(size: terms.size)
            for step in values.indices {
                terms.fill(&row, at: step)
                equations.add(row, values[step], weight: weights[step])
            }
            guard let found = equations.solve(penalties: penalties) else { return nil }
            solution = found
            guard pass == 0 else { break }
            // Huber's weights: values far off count less.
            let rests = values.indices.map { step in
                terms.fill(&row, at: step)
                var sum = values[step]
                for index in row.indices { sum -= row[index] * solution[index] }
                return abs(sum)
            }
            let bound = 2 * 1.4826 * Spread.median(rests)
            guard bound > 0 else { break }
            weights = rests.map { $0 > bound ? bound / $0 : 1 }
        }
        return (terms, solution)
    }
}
