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
        let effects = RegressorEffects(scaled, firstDay: firstDay, regressors: options.regressors)
        var forecast = Pipeline(effects.isEmpty ? scaled : zip(scaled, effects.moves).map { $0 - $1 }, options, firstDay: firstDay).forecast
        if let firstDay, !effects.isEmpty { forecast.add(effects.ahead(horizon, behind: firstDay + scaled.count - 1)) }
        forecast.scale(by: unit)
        forecast.limit(lowest: options.lowest ?? (values.allSatisfy { $0 >= 0 } ? 0 : nil), highest: options.highest)
        return forecast
    }

    private static func flat(_ value: Double, _ horizon: Int) -> Forecast {
        let line = Array(repeating: value, count: horizon)
        return Forecast(
            mean: line, lower80: line, upper80: line, lower95: line, upper95: line, shares: [.init(model: "naive", weight: 1, backtestError: nil)],
            backtestError: nil, backtest: nil, trend: line, special: line.map { _ in 0 },
            regressors: line.map { _ in 0 }, seasons: [])
    }
}

extension Forecast {
    /// Moves each step; what is doubted there widens its bands, as an error that has nothing to do with the others.
    mutating func add(_ moves: [(move: Double, doubt: Double)]) {
        regressors = moves.map(\.move)
        for (step, one) in moves.enumerated() {
            func wide(_ bound: Double, _ quantile: Double) -> Double {
                let half = bound - mean[step]
                let wider = (half * half + quantile * quantile * one.doubt * one.doubt).squareRoot()
                return mean[step] + one.move + (half < 0 ? -wider : wider)
            }
            (lower80[step], upper80[step]) = (wide(lower80[step], 1.2816), wide(upper80[step], 1.2816))
            (lower95[step], upper95[step]) = (wide(lower95[step], 1.96), wide(upper95[step], 1.96))
            mean[step] += one.move
        }
    }

    mutating func scale(by unit: Double) {
        func scaled(_ values: [Double]) -> [Double] {
            values.map { min(max($0 * unit, -.greatestFiniteMagnitude), .greatestFiniteMagnitude) }
        }
        (mean, trend, special, regressors) = (scaled(mean), scaled(trend), scaled(special), scaled(regressors))
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
