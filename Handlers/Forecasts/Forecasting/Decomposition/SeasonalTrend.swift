/// STL: trend and season by local regression.
///
/// Cleveland, Cleveland, McRae and Terpenning, "STL: A Seasonal-Trend Decomposition Procedure Based on Loess", Journal of Official Statistics 6
/// (1990), section 2.2 (inner loop) and 2.3 (robustness weights).
struct SeasonalTrend: Sendable {
    private(set) var trend: [Double]
    private(set) var season: [Double]

    /// - Parameters:
    ///   - seasonWindow: seasons that the local regression of one place sees; odd.
    ///   - passes: how often the robustness weights are made anew; 0 for none.
    init(_ values: [Double], period: Int, seasonWindow: Int, passes: Int = 0) {
        let count = values.count
        trend = Array(repeating: 0, count: count)
        season = Array(repeating: 0, count: count)
        var weights: [Double] = []
        let trendWindow = Self.odd(1.5 * Double(period) / (1 - 1.5 / Double(seasonWindow)))
        for pass in 0...passes {
            for _ in 0..<2 { turn(values, period, seasonWindow, trendWindow, weights) }
            if pass < passes { weights = robustness(values) }
        }
    }

    private mutating func turn(_ values: [Double], _ period: Int, _ seasonWindow: Int, _ trendWindow: Int, _ weights: [Double]) {
        let count = values.count
        // Each place of the season by itself, one season longer at both ends.
        var cycle = [Double](repeating: 0, count: count + 2 * period)
        for place in 0..<period {
            let indices = stride(from: place, to: count, by: period)
            let part = indices.map { values[$0] - trend[$0] }
            let partWeights = weights.isEmpty ? [] : indices.map { weights[$0] }
            let smooth = Loess.smooth(part, window: seasonWindow, weights: partWeights)
            cycle[place] = Loess.value(part, at: -1, window: seasonWindow, weights: partWeights)
            for index in smooth.indices { cycle[place + (index + 1) * period] = smooth[index] }
            let last = place + (smooth.count + 1) * period
            if last < cycle.count { cycle[last] = Loess.value(part, at: Double(part.count), window: seasonWindow, weights: partWeights) }
        }
        // What of it is trend comes out by a low pass.
        let low = Loess.smooth(
            Self.means(Self.means(Self.means(cycle, period), period), 3), window: Self.odd(Double(period)), jump: max(1, period / 10))
        for index in 0..<count { season[index] = cycle[index + period] - low[index] }
        let adjusted = values.indices.map { values[$0] - season[$0] }
        trend = Loess.smooth(adjusted, window: trendWindow, jump: max(1, trendWindow / 10), weights: weights)
    }

    private func robustness(_ values: [Double]) -> [Double] {
        let rests = values.indices.map { abs(values[$0] - trend[$0] - season[$0]) }
        let bound = 6 * Spread.median(rests)
        guard bound > 0 else { return [] }
        return rests.map {
            let share = min($0 / bound, 1)
            let square = 1 - share * share
            return max(square * square, 1e-6)
        }
    }

    private static func means(_ values: [Double], _ size: Int) -> [Double] {
        var sum = values[0..<size].reduce(0, +)
        var result = [sum / Double(size)]
        result.reserveCapacity(values.count)
        for index in size..<values.count {
            sum += values[index] - values[index - size]
            result.append(sum / Double(size))
        }
        return result
    }

    private static func odd(_ value: Double) -> Int { Int(value.rounded(.up)) | 1 }
}
