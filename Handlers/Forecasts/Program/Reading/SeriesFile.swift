import Forecasting
import HandlerKit
import Tabular

/// The series of a file: a table of observations, or a table with one series a row.
enum SeriesFile {
    /// A row of the second kind has `id`, `freq`, `horizon`, `start` and `train`, the values with blanks between them.
    static func read(_ call: ProgramCall, _ options: CommandOptions) throws(AppError) -> [NamedSeries] {
        var reader = DelimitedReader()
        var head: [UInt8] = []
        var isTasks: Bool?
        var batches: [RecordBatch] = []
        try call.forEachPiece { piece throws(AppError) in
            if isTasks == nil {
                head += piece
                guard let end = head.firstIndex(of: UInt8(ascii: "\n")) else { return }
                isTasks = TaskTable.isHeader(head[..<end])
                if isTasks == true { reader = DelimitedReader(overrides: TaskTable.overrides) }
                try reader.feed(head)
            } else {
                try reader.feed(piece)
            }
            while let batch = reader.next() { batches.append(batch) }
        }
        if isTasks == nil { try reader.feed(head) }
        try reader.finish()
        while let batch = reader.next() { batches.append(batch) }
        let names = reader.shape?.header ?? []
        return isTasks == true ? try TaskTable(names, options).read(batches) : try ObservationTable(names, options).read(batches)
    }
}

extension RecordBatch {
    /// A field as text; empty where a record has no such field.
    func text(_ record: Int, _ column: Int) -> String {
        let range = fields(of: record)
        guard range.lowerBound + column < range.upperBound else { return "" }
        return withField(range.lowerBound + column) { String(decoding: $0, as: UTF8.self) }
    }
}
