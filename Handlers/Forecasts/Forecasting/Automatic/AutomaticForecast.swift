/// Forecasts a series by the models that suit it, weighed by how well each forecast the series' own past.
public enum AutomaticForecast {
    /// The forecast of a regular series without gaps. Never fails: what is too short for models goes on as it was.
    public static func run(_ values: [Double], _ options: ForecastOptions) -> Forecast {
        let horizon = options.horizon
        let recent = Array(values.suffix(options.frequency.memory))
        // Units do not matter, and huge ones would overflow where squares are summed.
        let unit = recent.reduce(0) { max($0, abs($1)) }
        guard unit > 0, let first = recent.first, recent.contains(where: { $0 != first }) else {
            return flat(recent.last ?? 0, horizon)
        }
        let scaled = recent.map { $0 / unit }
        let dropped = values.count - recent.count
        let firstDay = options.frequency == .daily ? options.firstDay.map { $0 + dropped } : nil
        var forecast = Pipeline(scaled, options, firstDay: firstDay).forecast
        forecast.scale(by: unit)
        forecast.limit(lowest: options.lowest ?? (values.allSatisfy { $0 >= 0 } ? 0 : nil), highest: options.highest)
        return forecast
    }

    private static func flat(_ value: Double, _ horizon: Int) -> Forecast {
        let line = Array(repeating: value, count: horizon)
        return Forecast(
            mean: line, lower80: line, upper80: line, lower95: line, upper95: line, shares: [.init(model: "naive", weight: 1, backtestError: nil)],
            backtestError: nil, backtest: nil, trend: line, special: line.map { _ in 0 }, seasons: [])
    }
}

extension Forecast {
    mutating func scale(by unit: Double) {
        func scaled(_ values: [Double]) -> [Double] {
            values.map { min(max($0 * unit, -.greatestFiniteMagnitude), .greatestFiniteMagnitude) }
        }
        (mean, trend, special) = (scaled(mean), scaled(trend), scaled(special))
        (lower80, upper80, lower95, upper95) = (scaled(lower80), scaled(upper80), scaled(lower95), scaled(upper95))
        seasons = seasons.map { Season(period: $0.period, values: scaled($0.values)) }
        shares = shares.map { Share(model: $0.model, weight: $0.weight, backtestError: $0.backtestError.map { scaled([$0])[0] }) }
        backtestError = backtestError.map { scaled([$0])[0] }
        backtest?.scale(by: unit)
    }

    mutating func limit(lowest: Double?, highest: Double?) {
        func limited(_ values: [Double]) -> [Double] { values.map { min(max($0, lowest ?? $0), highest ?? .infinity) } }
        mean = limited(mean)
        (lower80, upper80, lower95, upper95) = (limited(lower80), limited(upper80), limited(lower95), limited(upper95))
    }
}
