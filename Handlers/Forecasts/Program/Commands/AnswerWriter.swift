import Forecasting
import HandlerKit

/// Forecasts and backtests as CSV or JSON.
struct AnswerWriter {
    private let options: CommandOptions
    private let hasTimes: Bool
    private var count = 0

    init(_ options: CommandOptions, hasTimes: Bool) {
        self.options = options
        self.hasTimes = hasTimes
    }

    func head() -> [UInt8] {
        if options.isJSON { return Array("[".utf8) }
        if options.isBacktest { return Array("id,windows,horizon,mae,mase,smape,cover80,cover95\n".utf8) }
        return Array((hasTimes ? "id,step,time,mean,lo80,hi80,lo95,hi95\n" : "id,step,mean,lo80,hi80,lo95,hi95\n").utf8)
    }

    func tail() -> [UInt8] { options.isJSON ? Array("]\n".utf8) : [] }

    mutating func answer(_ series: NamedSeries) throws(AppError) -> [UInt8] {
        defer { count += 1 }
        let separator = options.isJSON && count > 0 ? Array(",\n".utf8) : []
        return separator + (options.isBacktest ? try backtest(series) : try forecast(series))
    }

    private func forecast(_ series: NamedSeries) throws(AppError) -> [UInt8] {
        let forecast = AutomaticForecast.run(series.values, series.options)
        if options.isJSON { return try JSON.encode(ForecastAnswer(series, forecast)) }
        var text = ""
        for step in forecast.mean.indices {
            text += "\(series.cell),\(step + 1),"
            if hasTimes { text += "\(series.times.map { $0.time(ahead: step + 1).description } ?? "")," }
            text += "\(forecast.mean[step]),\(forecast.lower80[step]),\(forecast.upper80[step]),\(forecast.lower95[step]),\(forecast.upper95[step])\n"
        }
        return Array(text.utf8)
    }

    private func backtest(_ series: NamedSeries) throws(AppError) -> [UInt8] {
        let report = BacktestReport(series.values, series.options)
        if options.isJSON { return try JSON.encode(BacktestAnswer(series, report)) }
        func cell(_ number: Double?) -> String { number.map { "\($0)" } ?? "" }
        let cells = [report.meanAbsoluteError, report.scaledError, report.percentageError, report.coverage80, report.coverage95].map(cell)
        return Array("\(series.cell),\(report.windows),\(series.options.horizon),\(cells.joined(separator: ","))\n".utf8)
    }
}
