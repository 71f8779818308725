import Forecasting
import HandlerKit

/// A forecast with all that it says, in JSON.
struct ForecastAnswer: Encodable {
    struct Step: Encodable {
        let step: Int
        let time: Timestamp?
        let mean, lo80, hi80, lo95, hi95, trend: Double
        /// One a season, in the order of ``ForecastAnswer/seasons``.
        let seasons: [Double]
    }
    struct Model: Encodable {
        let name: String
        let weight: Double
        let backtestError: Double?

        enum CodingKeys: String, CodingKey {
            case name, weight
            case backtestError = "backtest_error"
        }
    }

    let id: String
    let frequency: String
    let values: Int
    let filled: Int?
    let seasons: [Double]
    let backtestError: Double?
    let models: [Model]
    let steps: [Step]

    enum CodingKeys: String, CodingKey {
        case id, frequency, values, filled, seasons
        case backtestError = "backtest_error"
        case models, steps
    }

    init(_ series: NamedSeries, _ forecast: Forecast) {
        id = series.id
        frequency = series.options.frequency.rawValue
        values = series.values.count
        filled = series.times?.filled
        seasons = forecast.seasons.map(\.period)
        backtestError = forecast.backtestError
        models = forecast.shares.map { Model(name: $0.model, weight: $0.weight, backtestError: $0.backtestError) }
        steps = forecast.mean.indices.map { step in
            Step(
                step: step + 1, time: series.times?.time(ahead: step + 1), mean: forecast.mean[step], lo80: forecast.lower80[step],
                hi80: forecast.upper80[step], lo95: forecast.lower95[step], hi95: forecast.upper95[step], trend: forecast.trend[step],
                seasons: forecast.seasons.map { $0.values[step] })
        }
    }
}

/// A backtest in JSON.
struct BacktestAnswer: Encodable {
    let id: String
    let frequency: String
    let windows: Int
    let horizon: Int
    let mae, mase, smape, cover80, cover95: Double?

    init(_ series: NamedSeries, _ report: BacktestReport) {
        id = series.id
        frequency = series.options.frequency.rawValue
        windows = report.windows
        horizon = series.options.horizon
        mae = report.meanAbsoluteError
        mase = report.scaledError
        smape = report.percentageError
        cover80 = report.coverage80
        cover95 = report.coverage95
    }
}
