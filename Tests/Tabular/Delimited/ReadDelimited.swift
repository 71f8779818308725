import Kernel
import Tabular

/// A file as rows of text that a test can compare.
struct ReadDelimited {
    let shape: TableShape
    let summary: ReadSummary
    var rows: [[String]] = []
    var lines: [Int] = []

    var header: [String]? { shape.header }
    /// The header, if there is one, and all rows.
    var all: [[String]] { (header.map { [$0] } ?? []) + rows }

    init(_ text: String, pieces: Int = 65_536, overrides: ShapeOverrides = ShapeOverrides()) throws(AppError) {
        try self.init(bytes: Array(text.utf8), pieces: pieces, overrides: overrides)
    }

    init(bytes: [UInt8], pieces: Int = 65_536, overrides: ShapeOverrides = ShapeOverrides(), limits: TableLimits = TableLimits()) throws(AppError) {
        var reader = DelimitedReader(overrides: overrides, limits: limits)
        var position = 0
        var batches: [RecordBatch] = []
        while position < bytes.count {
            let end = min(position + pieces, bytes.count)
            try reader.feed(Array(bytes[position..<end]))
            while let batch = reader.next() { batches.append(batch) }
            position = end
        }
        try reader.finish()
        while let batch = reader.next() { batches.append(batch) }
        shape = reader.shape ?? TableShape()
        summary = reader.summary
        for batch in batches {
            for record in 0..<batch.count {
                rows.append(batch.row(record).map { $0 ?? "" })
                lines.append(batch.lines[record])
            }
        }
    }
}
