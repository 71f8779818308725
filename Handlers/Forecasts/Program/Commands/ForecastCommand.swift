import Forecasting
import HandlerKit

/// `tenantry forecast [backtest] --input FILE --output FILE`: what the series of a file will be, or how well that would have been said before.
enum ForecastCommand {
    static let command = ProgramCommand("forecast") { call in
        let options = try CommandOptions(call.arguments)
        let series = try SeriesFile.read(call, options)
        var writer = AnswerWriter(options, hasTimes: series.contains { $0.times != nil })
        try call.write(writer.head())
        for one in series { try call.write(try writer.answer(one)) }
        try call.write(writer.tail())
    }
}
