import Kernel
import Tabular

/// What a text holds, read in pieces of a size, as rows that a test can compare.
struct ReadTable {
    var layout: TableLayout?
    var summary = TableSummary()
    /// `line time value value`, a dash for an absent value.
    var rows: [String] = []
    var batches = 0

    init(_ text: String, pieces: Int = 4096, limits: TableLimits = TableLimits()) throws(AppError) {
        try self.init(bytes: Array(text.utf8), pieces: pieces, limits: limits)
    }

    init(bytes: [UInt8], pieces: Int = 4096, limits: TableLimits = TableLimits()) throws(AppError) {
        var reader = TableReader(limits: limits)
        var position = 0
        while position < bytes.count {
            let end = min(position + pieces, bytes.count)
            add(try reader.read(Array(bytes[position..<end])))
            position = end
        }
        add(try reader.finish())
        layout = reader.layout
        summary = reader.summary
    }

    private mutating func add(_ found: [TableBatch]) {
        batches += found.count
        for batch in found {
            for row in 0..<batch.count {
                let values = batch.values[row * batch.width..<(row + 1) * batch.width].map { $0.isNaN ? "-" : "\($0)" }
                rows.append("\(batch.lines[row]) \(Timestamp(microseconds: batch.times[row])) \(values.joined(separator: " "))")
            }
        }
    }
}

/// The message of the error that reading a text throws; nil where it throws none.
func failure(_ text: String, pieces: Int = 4096, limits: TableLimits = TableLimits()) -> String? {
    failure(Array(text.utf8), pieces: pieces, limits: limits)
}

/// The message of the error that reading some bytes throws; nil where it throws none.
func failure(_ bytes: [UInt8], pieces: Int = 4096, limits: TableLimits = TableLimits()) -> String? {
    do {
        _ = try ReadTable(bytes: bytes, pieces: pieces, limits: limits)
        return nil
    } catch {
        return error.code == .unprocessableFile && !error.issues.isEmpty ? error.message : "wrong code: \(error.code)"
    }
}
