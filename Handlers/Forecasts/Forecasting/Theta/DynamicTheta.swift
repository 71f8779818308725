import Glibc

/// The dynamic optimized Theta model.
///
/// Fiorucci, Pellegrini, Louzada, Petropoulos and Koehler, "Models for optimising the theta method and their relationship to state space
/// models", International Journal of Forecasting 32 (2016), equations 10–16:
/// μ_t = ℓ_{t−1} + (1 − 1/θ)((1 − α)^{t−1} A_{t−1} + (1 − (1 − α)^t)/α · B_{t−1}), ℓ_t = α y_t + (1 − α) ℓ_{t−1},
/// with the line A + B·t through the values so far, kept up to date by recursions.
/// The season is taken out before by classical decomposition where the series shows one, and put back behind.
struct DynamicTheta: Forecaster {
    let name = "theta"
    /// Steps of a season; 1 for none.
    let period: Int
    private(set) var alpha = 0.5
    private(set) var theta = 2.0
    private var first = 0.5

    init(period: Int) { self.period = period }

    mutating func fit(_ series: Series) {
        let values = Self.season(series.values, period: period)?.adjusted(series.values) ?? series.values
        guard values.count > 3 else { return }
        let found = NelderMead(evaluations: 160).minimize(from: [0.5, 0.5, 2], steps: [0.4, -0.3, 1]) { point in
            guard point[1] >= 0.01, point[1] <= 0.99, point[2] >= 1, point[2] <= 12, abs(point[0]) < 10 else { return .infinity }
            return Run(values, first: point[0] * values[0] * 2, alpha: point[1], theta: point[2]).squares
        }
        guard found.value.isFinite else { return }
        (first, alpha, theta) = (found.point[0], found.point[1], found.point[2])
    }

    func forecast(_ series: Series, horizon: Int) -> [Double] {
        let season = Self.season(series.values, period: period)
        let values = season?.adjusted(series.values) ?? series.values
        guard values.count > 3 else { return Naive().forecast(series, horizon: horizon) }
        var run = Run(values, first: first * values[0] * 2, alpha: alpha, theta: theta)
        return (0..<horizon).map { step in
            let value = run.expected
            run.advance(value)
            return season?.restored(value, at: values.count + step) ?? value
        }
    }

    /// The season of a series that shows one; multiplicative where all values are positive.
    static func season(_ values: [Double], period: Int) -> ClassicalDecomposition? {
        guard Autocorrelation.isSeasonal(values, period: period) else { return nil }
        return ClassicalDecomposition(values, period: period, isMultiplicative: true)
            ?? ClassicalDecomposition(values, period: period, isMultiplicative: false)
    }

    /// The recursion over a series.
    struct Run {
        private let alpha: Double
        private let line: Double
        private var level: Double
        /// The line A + B·t through the values so far, by least squares.
        private(set) var intercept: Double
        private(set) var slope: Double
        private var mean: Double
        /// (1 − α)^t and t.
        private var power = 1.0
        private var time = 0.0
        /// Of the errors from the third value on: before it the line is not yet one.
        private(set) var squares = 0.0

        init(_ values: [Double], first: Double, alpha: Double, theta: Double) {
            self.alpha = alpha
            line = 1 - 1 / theta
            level = first
            intercept = values[0]
            slope = 0
            mean = 0
            values.withUnsafeBufferPointer { values in
                for index in values.indices {
                    let error = values[index] - expected
                    if index > 2 { squares += error * error }
                    advance(values[index])
                }
            }
            if !squares.isFinite { squares = .infinity }
        }

        /// What the next value should be.
        var expected: Double { level + line * (power * intercept + (1 - power * (1 - alpha)) / alpha * slope) }

        mutating func advance(_ value: Double) {
            time += 1
            level = alpha * value + (1 - alpha) * level
            let before = mean
            mean = ((time - 1) * mean + value) / time
            if time == 1 {
                slope = 0
            } else {
                slope = ((time - 2) * slope + 6 * (value - before) / time) / (time + 1)
            }
            intercept = mean - slope * (time + 1) / 2
            power *= 1 - alpha
        }
    }
}
