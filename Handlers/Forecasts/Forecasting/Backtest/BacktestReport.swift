/// How well a series' own last windows would have been forecast by ``AutomaticForecast``: each from what was known before it alone.
///
/// Measures as in the M4 competition (Makridakis, Spiliotis and Assimakopoulos, International Journal of Forecasting 36, 2020).
public struct BacktestReport: Sendable {
    /// Whole horizons that were looked at, at most three; 0 where the series is too short, and then there are no measures.
    public let windows: Int
    /// In the series' unit.
    public private(set) var meanAbsoluteError: Double?
    /// The mean absolute error as a share of that of the seasonal naive method one step ahead.
    public private(set) var scaledError: Double?
    /// Symmetric, in percent.
    public private(set) var percentageError: Double?
    /// The share of values inside of the 80 % band.
    public private(set) var coverage80: Double?
    /// The share of values inside of the 95 % band.
    public private(set) var coverage95: Double?

    /// Forecasts up to three windows of a series as long as the horizon.
    public init(_ values: [Double], _ options: ForecastOptions) {
        let horizon = options.horizon
        let windows = min(3, max(0, (values.count - max(horizon, 4)) / horizon))
        self.windows = windows
        guard windows > 0 else { return }
        var (absolute, percent, inside80, inside95) = (0.0, 0.0, 0.0, 0.0)
        for window in 1...windows {
            let known = values.count - window * horizon
            let forecast = AutomaticForecast.run(Array(values.prefix(known)), options)
            for step in 0..<horizon {
                let value = values[known + step]
                let error = abs(value - forecast.mean[step])
                let size = abs(value) + abs(forecast.mean[step])
                absolute += error
                percent += size > 0 ? 200 * error / size : 0
                inside80 += value >= forecast.lower80[step] && value <= forecast.upper80[step] ? 1 : 0
                inside95 += value >= forecast.lower95[step] && value <= forecast.upper95[step] ? 1 : 0
            }
        }
        let count = Double(windows * horizon)
        meanAbsoluteError = absolute / count
        percentageError = percent / count
        coverage80 = inside80 / count
        coverage95 = inside95 / count
        let period = options.frequency.periods.first.map { Int($0.rounded()) } ?? 1
        let lag = values.count > period ? period : 1
        let naive = Spread.mean(zip(values.dropFirst(lag), values).map { abs($0 - $1) })
        if naive > 0 { scaledError = absolute / count / naive }
    }
}
