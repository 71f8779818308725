/// An autoregression on the last steps and on the last seasons, by least squares with a penalty.
///
/// Both sides are measured from the mean of the season before (as local normalization does), so that a moving level needs no differences:
/// y_t − m_t = Σ φ_k (y_{t−k} − m_t), m_t = mean of y_{t−P} … y_{t−1}. Hyndman and Athanasopoulos, section 9.3; ridge penalty as in Hastie et al., 3.4.1.
struct SeasonalAutoregression: Forecaster {
    let name: String
    let lags: [Int]
    /// Steps of the mean that both sides are measured from.
    let window: Int
    private(set) var weights: [Double] = []

    init(name: String = "autoregression", lags: [Int], window: Int) {
        self.name = name
        self.lags = lags
        self.window = window
    }

    mutating func fit(_ series: Series) {
        weights = []
        let values = series.values
        let reach = max(lags.max() ?? 1, window)
        guard values.count > reach + 2 * lags.count else { return }
        var equations = NormalEquations(size: lags.count)
        var row = [Double](repeating: 0, count: lags.count)
        var sum = values[reach - window..<reach].reduce(0, +)
        var total = 0.0
        var rows = 0
        var bound = Double.infinity
        // Steps that are far off count less.
        let steps = (reach..<values.count).map { values[$0] - values[$0 - window] }
        bound = 3 * Spread.deviation(steps)
        if bound <= 0 { bound = .infinity }
        for step in reach..<values.count {
            let mean = sum / Double(window)
            for index in lags.indices { row[index] = values[step - lags[index]] - mean }
            let target = values[step] - mean
            let weight = abs(values[step] - values[step - window]) > bound ? bound / abs(values[step] - values[step - window]) : 1
            equations.add(row, target, weight: weight)
            total += target * target
            rows += 1
            sum += values[step] - values[step - window]
        }
        let penalty = 0.02 * total
        weights = equations.solve(penalties: Array(repeating: max(penalty, 1e-12), count: lags.count)) ?? []
    }

    func forecast(_ series: Series, horizon: Int) -> [Double] {
        let reach = max(lags.max() ?? 1, window)
        guard !weights.isEmpty, series.count >= reach else {
            return SeasonalNaive(period: max(1, window)).forecast(series, horizon: horizon)
        }
        var values = Array(series.values.suffix(reach))
        values.reserveCapacity(reach + horizon)
        var sum = values.suffix(window).reduce(0, +)
        for _ in 0..<horizon {
            let mean = sum / Double(window)
            let end = values.count
            var value = mean
            for index in lags.indices { value += weights[index] * (values[end - lags[index]] - mean) }
            sum += value - values[end - window]
            values.append(value)
        }
        return Array(values.suffix(horizon))
    }
}
