import HandlerKit
import TableFiles
import Tabular
import TypedTables

/// The records of one table of a file, as they gather.
struct ChosenRows: FileSink, ~Copyable {
    private let place: Int
    private var rows: TableRows?
    private var reader: DelimitedReader
    private var ready: [RecordBatch] = []
    private var tables = 0

    init(_ table: TableReport) {
        place = table.place
        rows = table.sheet.map { TableRows($0) }
        reader = DelimitedReader(shape: table.shape ?? TableShape())
    }

    /// More is not read before these were taken, so that little waits here however much a file unpacks to.
    var isFull: Bool { ready.count >= 4 }

    mutating func takeReady() -> [RecordBatch] {
        defer { ready = [] }
        return ready
    }

    mutating func opened(_ file: OpenedFile) {}

    mutating func text(_ bytes: [UInt8]) throws(AppError) {
        try reader.feed(bytes)
        drain()
    }

    mutating func endText() throws(AppError) {
        try reader.finish()
        drain()
    }

    private mutating func drain() { while let batch = reader.next() { ready.append(batch) } }

    mutating func begin(_ table: TableStart) { tables += 1 }

    mutating func take(_ batch: TypedBatch) throws(AppError) {
        guard tables == place + 1 else { return }
        rows?.add(batch)
        while let found = rows?.next() { ready.append(found) }
    }

    mutating func end(_ table: TableEnd) throws(AppError) {}
}
