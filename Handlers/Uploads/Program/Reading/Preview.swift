import HandlerKit
import Tabular

/// Some rows of a table as JSON.
struct Preview: Sendable {
    let table: TableReport
    let fileName: String
    let offset: Int
    let limit: Int
    let isRaw: Bool

    /// The most bytes of text in one answer; a row that begins below that is shown as a whole.
    private static let mostBytes = 4 << 20
    /// The most bytes of a cell that is not raw; the rest is cut off, with `…` in its place.
    private static let mostCellBytes = 4096

    /// The answer. Whatever takes long in a wide table is done beside the loop.
    func read(_ bytes: StoredBytes, _ offload: Offloading) async throws -> [UInt8] {
        var page = Page(left: Room(rows: limit, bytes: Self.mostBytes))
        if limit > 0, offset < table.profile.rows {
            let totals = Set(table.profile.totalRows.map(\.record))
            let place = table.places?.nearest(toRow: offset, totals: totals)
            let batches = place.map { FileTables.resume(table, at: $0, bytes, offload) } ?? FileTables.open(table, of: fileName, bytes, offload)
            page.seen = place.map { place in place.record - totals.count { $0 < place.record } } ?? 0
            page.readers = table.profile.columns.map { ColumnReader($0.type) }
            while !page.isFull, let some = try await batches.next() {
                page = try await offload { [page] in
                    var page = page
                    for batch in some where !page.isFull { add(batch, totals, to: &page) }
                    return page
                }
            }
        }
        await bytes.close()
        return try await offload { [rows = page.rows] in Array((isRaw ? try inspection(rows) : self.page(rows)).description.utf8) }
    }

    /// The rows so far.
    private struct Page: Sendable {
        var left: Room
        var rows: [JSONValue] = []
        /// Rows that were passed, those above the first one included.
        var seen = 0
        var readers: [ColumnReader] = []
        var isFull = false
    }

    private func add(_ batch: RecordBatch, _ totals: Set<Int>, to page: inout Page) {
        for record in 0..<batch.count where !totals.contains(batch.firstRecord + record) {
            defer { page.seen += 1 }
            guard page.seen >= offset else { continue }
            guard page.left.take(batch, record) else {
                page.isFull = true
                return
            }
            page.rows.append(isRaw ? raw(batch, record) : typed(batch, record, &page.readers))
        }
    }

    private struct Room: Sendable {
        var rows: Int
        var bytes: Int

        /// Whether a record still has room.
        mutating func take(_ batch: RecordBatch, _ record: Int) -> Bool {
            guard rows > 0, bytes > 0 else { return false }
            rows -= 1
            for field in batch.fields(of: record) { bytes -= batch.withField(field) { $0.count } + 8 }
            return true
        }
    }

    private func raw(_ batch: RecordBatch, _ record: Int) -> JSONValue {
        .array(batch.fields(of: record).map { batch.text($0).map { .string($0) } ?? .null })
    }

    /// Numbers as numbers, dates and times by ISO 8601, null words as null; what is no value of its column's type as the text that it is.
    private func typed(_ batch: RecordBatch, _ record: Int, _ readers: inout [ColumnReader]) -> JSONValue {
        let fields = batch.fields(of: record)
        var cells: [JSONValue] = []
        for index in readers.indices {
            guard index < fields.count else {
                cells.append(.null)
                continue
            }
            let field = fields.lowerBound + index
            let value = batch.withField(field) { readers[index].read($0) }
            cells.append(json(value, isDate: readers[index].type.base == .date) ?? text(batch, field))
        }
        return .array(cells)
    }

    /// Nil where the text itself is shown.
    private func json(_ value: ColumnValue, isDate: Bool) -> JSONValue? {
        switch value {
        case .null: return .null
        case .number(let number): return Int64(exactly: number).map { .integer($0) } ?? .number(number)
        case .boolean(let flag): return .bool(flag)
        case .time(let micros):
            let text = Timestamp(microseconds: micros).description
            return .string(isDate ? String(text.prefix { $0 != "T" }) : text)
        case .duration, .text, .invalid: return nil
        }
    }

    private func text(_ batch: RecordBatch, _ field: Int) -> JSONValue {
        batch.withField(field) { bytes in
            guard bytes.count > Self.mostCellBytes else { return .string(String(decoding: bytes, as: UTF8.self)) }
            var end = Self.mostCellBytes
            while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
            return .string(String(decoding: bytes[..<end], as: UTF8.self) + "…")
        }
    }

    private func page(_ rows: [JSONValue]) -> JSONValue {
        [
            "table": table.name.map { .string($0) } ?? .null,
            "columns": .array(
                table.profile.columns.map { ["name": .string($0.name), "type": .string($0.typeName), "format": .string($0.type.format)] }),
            "data": .array(rows), "limit": .integer(Int64(limit)), "offset": .integer(Int64(offset)),
            "total_rows": .integer(Int64(table.profile.rows)),
        ]
    }

    /// The form of an inspection.
    private func inspection(_ rows: [JSONValue]) throws(AppError) -> JSONValue {
        [
            "ok": true, "header": table.header.map { .array($0.map { .string($0) }) } ?? .null, "rows": .array(rows), "detected": table.detected,
            "columns": try JSON.read(try JSON.encode(table.profile.columns)), "warnings": try JSON.read(try JSON.encode(table.warnings)),
            "warning_count": .integer(Int64(table.warningCount)), "row_count": .integer(Int64(table.profile.rows)),
        ]
    }
}
