/// What a model would have said at earlier times.
struct Backtest: Sendable {
    /// One forecast an origin, as long as values behind it are known, the horizon at most.
    let forecasts: [[Double]]

    /// The constants are found once, on what the first origin knows.
    init(_ model: inout some Forecaster, _ series: Series, _ origins: Origins, horizon: Int) {
        guard let first = origins.counts.first else {
            forecasts = []
            return
        }
        model.fit(series.prefix(first))
        let model = model
        forecasts = origins.counts.map { model.forecast(series.prefix($0), horizon: min(horizon, series.count - $0)) }
    }

    /// The mean of |y − ŷ| over all origins and steps; nil without any.
    func meanAbsoluteError(_ values: [Double], _ origins: Origins) -> Double? {
        var sum = 0.0
        var count = 0.0
        for (origin, forecast) in zip(origins.counts, forecasts) {
            for step in forecast.indices {
                sum += abs(values[origin + step] - forecast[step])
                count += 1
            }
        }
        return count > 0 ? sum / count : nil
    }
}
