/// What a model would have said at earlier times.
struct Backtest: Sendable {
    /// One forecast an origin, as long as values behind it are known, the horizon at most.
    private(set) var forecasts: [[Double]]

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

    /// Adds what special days do.
    mutating func apply(_ effects: DayEffects, _ origins: Origins) {
        guard !effects.isEmpty else { return }
        forecasts = zip(origins.counts, forecasts).map { effects.applied(to: $1, from: $0) }
    }

    /// The mean of |y − ŷ| over all origins and steps, perhaps without one origin; nil without any.
    func meanAbsoluteError(_ values: [Double], _ origins: Origins, without left: Int? = nil) -> Double? {
        var sum = 0.0
        var count = 0.0
        for (index, forecast) in forecasts.enumerated() where index != left {
            for step in forecast.indices { sum += abs(values[origins.counts[index] + step] - forecast[step]) }
            count += Double(forecast.count)
        }
        return count > 0 ? sum / count : nil
    }
}
