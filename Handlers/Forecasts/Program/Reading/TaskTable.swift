import Forecasting
import HandlerKit
import Tabular

/// A table with one series a row.
struct TaskTable {
    private let columns: [String: Int]
    private let options: CommandOptions

    static let overrides: ShapeOverrides = {
        var overrides = ShapeOverrides()
        overrides.encoding = "utf-8"
        overrides.delimiter = ","
        overrides.quote = "\""
        overrides.skipRows = 0
        overrides.headerRows = 1
        return overrides
    }()

    /// Whether a file's first line names such a table's columns.
    static func isHeader(_ line: ArraySlice<UInt8>) -> Bool {
        let names = line.split { $0 == UInt8(ascii: ",") || $0 == 13 }.map { String(decoding: $0, as: UTF8.self) }
        return names.contains("id") && names.contains("train")
    }

    init(_ names: [String], _ options: CommandOptions) throws(AppError) {
        columns = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        self.options = options
        for name in ["id", "train"] where columns[name] == nil { throw AppError.invalid("header", "expected a column \(name)") }
    }

    func read(_ batches: [RecordBatch]) throws(AppError) -> [NamedSeries] {
        var series: [NamedSeries] = []
        for batch in batches {
            for record in 0..<batch.count { series.append(try read(batch, record)) }
        }
        return series
    }

    private func read(_ batch: RecordBatch, _ record: Int) throws(AppError) -> NamedSeries {
        func cell(_ name: String) -> String { columns[name].map { batch.text(record, $0) } ?? "" }
        let place = "line \(batch.lines[record])"
        let word = cell("freq").lowercased()
        guard let frequency = options.frequency ?? Frequency(rawValue: word) else {
            throw AppError.invalid("\(place), freq", "expected one of \(Frequency.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        var horizon = options.horizon ?? frequency.usualHorizon
        if options.horizon == nil, !cell("horizon").isEmpty {
            guard let number = Int(cell("horizon")), (1...10_000).contains(number) else {
                throw AppError.invalid("\(place), horizon", "expected a whole number, 1…10000")
            }
            horizon = number
        }
        var values: [Double?] = []
        for word in cell("train").split(separator: " ") {
            guard let value = Double(word) else {
                throw AppError.invalid("\(place), train", "expected numbers with blanks between them, found \(word.prefix(40))")
            }
            values.append(value.isFinite ? value : nil)
        }
        let start = Timestamp(String(cell("start").prefix(10)))
        return NamedSeries(
            id: cell("id"), values: Gaps.filled(values, period: frequency.periods.first.map { Int($0) } ?? 1),
            options: ForecastOptions(
                horizon: horizon, frequency: frequency, lowest: options.lowest, highest: options.highest,
                firstDay: start.map { StepCalendar(.daily).step(of: $0) }),
            times: nil)
    }
}
