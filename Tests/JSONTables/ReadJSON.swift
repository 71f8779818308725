import JSONTables
import Kernel
import Tabular
import TypedTables

/// What a JSON text holds, read in pieces of a size, as rows that a test can compare.
struct ReadJSON {
    var header: [String]?
    /// The fields with a bar between them, a dash for none.
    var rows: [String] = []
    var kinds: [[CellKind]] = []
    var lines: [Int] = []
    var warnings: [TableWarning] = []
    var listPath: String?

    init(_ text: String, pieces: Int = 4096, limits: JSONTableLimits = JSONTableLimits()) throws(AppError) {
        try self.init(bytes: Array(text.utf8), pieces: pieces, limits: limits)
    }

    init(bytes: [UInt8], pieces: Int = 4096, limits: JSONTableLimits = JSONTableLimits()) throws(AppError) {
        var reader = JSONTableReader(limits: limits)
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            try reader.feed(Array(bytes[start..<min(start + pieces, bytes.count)]))
            while let batch = reader.next() { add(batch) }
        }
        try reader.finish()
        while let batch = reader.next() { add(batch) }
        header = reader.header
        warnings = reader.warnings
        listPath = reader.listPath
    }

    private mutating func add(_ batch: TypedBatch) {
        for record in 0..<batch.records.count {
            rows.append(batch.records.row(record).map { $0 ?? "-" }.joined(separator: "|"))
            kinds.append(Array(batch.kinds[batch.records.fields(of: record)]))
            lines.append(batch.records.lines[record])
        }
    }
}

/// The message of the error that reading a text throws; nil where it throws none.
func failure(_ bytes: [UInt8], pieces: Int = 4096, limits: JSONTableLimits = JSONTableLimits()) -> String? {
    do { _ = try ReadJSON(bytes: bytes, pieces: pieces, limits: limits) } catch {
        return error.code == .unprocessableFile ? error.message : "wrong code"
    }
    return nil
}
