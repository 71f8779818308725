import HandlerKit
import Tabular

/// One series of a file.
struct SeriesRow {
    var id: String
    var step: Int
    /// nil: no value.
    var values: [Double?]

    /// The id as a cell of CSV (RFC 4180, section 2).
    var cell: String {
        guard id.utf8.contains(where: { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }) else { return id }
        return "\"" + id.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}

/// A table with a series a row: `id`, `values` with blanks between them (`nan` or `-` where there is none), and `step_s`, the seconds between them.
struct SeriesRows {
    private let columns: [String: Int]
    private let options: AnomalyOptions

    init(header: [String], _ options: AnomalyOptions) throws(AppError) {
        columns = Dictionary(header.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        self.options = options
        for name in ["id", "values"] where columns[name] == nil {
            throw AppError.invalid("header", "expected a column \(name); expected are id, values and step_s, one series a row")
        }
        if columns["step_s"] == nil, options.step == nil { throw AppError.invalid("header", "expected a column step_s, or --step") }
    }

    func series(_ batch: RecordBatch, _ record: Int) throws(AppError) -> SeriesRow {
        func cell(_ name: String) -> String {
            guard let column = columns[name] else { return "" }
            let fields = batch.fields(of: record)
            guard fields.lowerBound + column < fields.upperBound else { return "" }
            return batch.withField(fields.lowerBound + column) { String(decoding: $0, as: UTF8.self) }
        }
        let place = "line \(batch.lines[record])"
        guard let step = options.step ?? Int(cell("step_s")), step >= 1 else {
            throw AppError.invalid("\(place), step_s", "expected a whole number of seconds, at least 1")
        }
        var values: [Double?] = []
        for word in cell("values").split(separator: " ") {
            if word == "-" {
                values.append(nil)
                continue
            }
            guard let value = Double(word) else {
                throw AppError.invalid("\(place), values", "expected numbers with blanks between them, found \(word.prefix(40))")
            }
            values.append(value.isFinite ? value : nil)
        }
        return SeriesRow(id: cell("id"), step: step, values: values)
    }
}
