import Forecasting
import HandlerKit

/// A forecast as it is kept and shown.
struct KeptForecast: Sendable {
    struct Step: Encodable, Sendable {
        let time: Timestamp
        let mean, lo80, hi80, lo95, hi95: Double
        /// What the mean is made of: a level, what holidays and the weather do, and one number a season, in the order of the report's.
        let trend, special, weather: Double
        let seasons: [Double]
    }

    struct Report: Codable, Sendable {
        struct History: Codable, Sendable {
            let values, filled: Int
            let from, to: Timestamp
        }
        struct Model: Codable, Sendable {
            let name: String
            let weight: Double
            @OrNull var backtestError: Double?

            enum CodingKeys: String, CodingKey {
                case name, weight
                case backtestError = "backtest_error"
            }
        }
        struct Figures: Codable, Sendable {
            let origins: Int
            let mae: Double
            @OrNull var wape: Double?
            @OrNull var mase: Double?
            @OrNull var coverage80: Double?
            @OrNull var coverage95: Double?
        }

        let history: History
        /// Lengths in steps.
        let seasons: [Double]
        /// The heaviest first.
        let models: [Model]
        @OrNull var backtest: Figures?
    }

    let frequency: Frequency
    let steps: [Step]
    let report: Report

    /// Whether JSON can write all of its numbers; near the largest ones bands and errors may be none.
    var isFinite: Bool {
        let steps = steps.flatMap { [$0.mean, $0.lo80, $0.hi80, $0.lo95, $0.hi95, $0.trend, $0.special, $0.weather] + $0.seasons }
        let backtest = [report.backtest?.mae, report.backtest?.wape, report.backtest?.mase]
        let errors = report.models.map(\.backtestError) + backtest
        return (steps + errors.compactMap { $0 }).allSatisfy { $0.isFinite }
    }

    /// 1 less the backtest's absolute errors as a share of the values, not below 0.
    var confidence: Double? { report.backtest?.wape.map { max(0, 1 - $0) } }

    /// Forecasts a series as far ahead as is usual for its frequency. Takes milliseconds.
    init(_ series: RegularSeries, weather: [Regressor]) {
        frequency = series.calendar.frequency
        var options = ForecastOptions(horizon: frequency.usualHorizon, frequency: frequency, firstDay: series.firstDay)
        options.regressors = weather
        let forecast = AutomaticForecast.run(series.values, options)
        steps = forecast.mean.indices.map { step in
            Step(
                time: series.time(ahead: step + 1), mean: forecast.mean[step], lo80: forecast.lower80[step], hi80: forecast.upper80[step],
                lo95: forecast.lower95[step], hi95: forecast.upper95[step], trend: forecast.trend[step], special: forecast.special[step],
                weather: forecast.regressors[step],
                seasons: forecast.seasons.map { $0.values[step] })
        }
        report = Report(
            history: .init(
                values: series.values.count - series.filled, filled: series.filled, from: series.calendar.time(of: series.firstStep),
                to: series.time(ahead: 0)),
            seasons: forecast.seasons.map(\.period),
            models: forecast.shares.map { .init(name: $0.model, weight: $0.weight, backtestError: $0.backtestError) },
            backtest: forecast.backtest.map {
                .init(
                    origins: $0.origins, mae: $0.meanAbsoluteError, wape: $0.weightedError, mase: $0.scaledError, coverage80: $0.coverage80,
                    coverage95: $0.coverage95)
            })
    }

    /// The call that keeps it.
    func call(_ kpi: KPI, id: UUID) throws -> Call {
        Call(
            ForecastsSQL.put,
            [
                .uuid(kpi.id), .uuid(id), .text(frequency.rawValue), .json(try JSON.encode(steps)), .optional(confidence, Bind.float8),
                .json(try JSON.encode(report)), .int64(kpi.revision),
            ])
    }
}
