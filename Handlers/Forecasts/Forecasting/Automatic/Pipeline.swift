/// One forecast, step by step.
struct Pipeline {
    private(set) var forecast: Forecast

    /// - Parameter values: none above 1 in size, not all alike.
    init(_ values: [Double], _ options: ForecastOptions, firstDay: Int?) {
        let (frequency, horizon) = (options.frequency, options.horizon)
        let periods = Self.seasons(values, frequency)
        let clean = CleanSeries(Series(values: values, periods: frequency == .daily ? periods : [], firstDay: firstDay), events: options.events)
        let series = Series(values: clean.values, periods: periods, firstDay: firstDay)
        let main = periods.first.map { Int($0.rounded()) } ?? 1
        let origins = Origins(
            count: values.count, horizon: horizon,
            least: max(5, main <= 24 ? 3 * main : 60, min(values.count / 2, 4 * main)),
            step: frequency == .hourly ? 24 : max(1, horizon / 3))
        var names: [String] = []
        var errors: [Double?] = []
        var backtests: [Backtest] = []
        var forecasts: [[Double]] = []
        var ordinary: [[Double]] = []
        let bounds = Self.bounds(values)
        for model in CandidateSet.models(for: clean.values, frequency: frequency, periods: periods) {
            var model = model
            var backtest = Self.backtest(&model, series, origins, horizon)
            model.fit(series)
            let plain = model.forecast(series, horizon: horizon)
            let found = clean.effects.applied(to: plain, from: values.count)
            backtest.apply(clean.effects, origins)
            guard found.allSatisfy(\.isFinite), backtest.forecasts.allSatisfy({ $0.allSatisfy(\.isFinite) }) else { continue }
            names.append(model.name)
            errors.append(backtest.meanAbsoluteError(values, origins))
            backtests.append(backtest)
            ordinary.append(plain)
            forecasts.append(found.map { min(max($0, bounds.lowerBound), bounds.upperBound) })
        }
        let combination = Combination(errors: errors, power: Self.power)
        let mean = combination.centre(forecasts)
        let seen = origins.counts.indices.map { index -> [Double] in
            // Weighed without this origin's own errors, as the future's are not known either.
            let others = Combination(errors: backtests.map { $0.meanAbsoluteError(values, origins, without: index) }, power: Self.power)
            let said = others.centre(backtests.map { $0.forecasts[index] })
            return said.indices.map { values[origins.counts[index] + $0] - said[$0] }
        }
        let past = seen.indices.map { index in
            let growth = Self.growth(values, since: origins.counts[index], season: main)
            return seen[index].map { growth * $0 }
        }
        let all = past.flatMap(\.self)
        let steps = zip(values.dropFirst(), values).map { abs($0 - $1) }
        let spread = PlaceSpread(past, origins: origins.counts, period: main <= 24 ? main : 1)
        let even = past.indices.map { index in past[index].indices.map { past[index][$0] / spread.factor(at: origins.counts[index] + $0) } }
        var bands = ConformalBands(errors: even, horizon: horizon, stepError: Spread.mean(steps), independent: origins.independent(horizon))
        bands.stretch(
            by: (0..<horizon).map { spread.factor(at: values.count + $0) },
            plus: clean.effects.moves(combination.centre(ordinary), from: values.count).map(\.doubt))
        let special = clean.effects.moves(combination.centre(ordinary), from: values.count).map(\.move)
        let figures = BacktestFigures(values, origins: origins, errors: seen, even: even, stepError: Spread.mean(steps), period: main)
        let parts = MultipleSeasons(values, periods: periods.filter { $0 <= 168 }.map { Int($0.rounded()) })
        let ahead = parts.ahead(horizon)
        forecast = Forecast(
            mean: mean,
            lower80: zip(mean, bands.half80).map { $0 - $1 }, upper80: zip(mean, bands.half80).map { $0 + $1 },
            lower95: zip(mean, bands.half95).map { $0 - $1 }, upper95: zip(mean, bands.half95).map { $0 + $1 },
            shares: names.indices.map { Forecast.Share(model: names[$0], weight: combination.weights[$0], backtestError: errors[$0]) }
                .sorted { $0.weight > $1.weight },
            backtestError: all.isEmpty ? nil : Spread.mean(all.map { abs($0) }),
            backtest: figures,
            trend: mean.indices.map { mean[$0] - ahead[$0] - special[$0] },
            special: special,
            regressors: special.map { _ in 0 },
            seasons: parts.seasons.map { season in
                Forecast.Season(
                    period: Double(season.period),
                    values: (0..<horizon).map { season.values[season.values.count - season.period + $0 % season.period] })
            })
    }

    /// Of the errors, by which models are weighed: found on the development series.
    private static let power = 2.5
    /// F statistic from which on a season is believed in.
    private static let strength = 3.0

    /// Those of the frequency's seasons that the series shows.
    private static func seasons(_ values: [Double], _ frequency: Frequency) -> [Double] {
        switch frequency {
        case .monthly, .quarterly: frequency.periods.filter { values.count >= 2 * Int($0) + 4 }
        case .weekly: values.count >= 105 && SeasonStrength.of(values, period: 52) > strength ? [52] : []
        default: frequency.periods.filter { $0 <= 168 && SeasonStrength.of(values, period: Int($0)) > strength }
        }
    }

    /// How much higher a positive series stands today than at an origin: its errors grow with it.
    private static func growth(_ values: [Double], since count: Int, season: Int) -> Double {
        guard values.allSatisfy({ $0 > 0 }) else { return 1 }
        let window = max(3, season)
        let before = Spread.mean(values[max(0, count - window)..<count])
        return min(max(Spread.mean(values.suffix(window)) / before, 1), 4)
    }

    /// Beyond twice the series' own range nothing is believed.
    private static func bounds(_ values: [Double]) -> ClosedRange<Double> {
        let (low, high) = (values.min() ?? 0, values.max() ?? 0)
        return low - 2 * (high - low)...high + 2 * (high - low)
    }

    private static func backtest(_ model: inout any Forecaster, _ series: Series, _ origins: Origins, _ horizon: Int) -> Backtest {
        func run(_ model: inout some Forecaster) -> Backtest { Backtest(&model, series, origins, horizon: horizon) }
        return run(&model)
    }
}
