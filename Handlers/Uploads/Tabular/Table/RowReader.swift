import Kernel

/// Turns records into rows once the layout is known.
struct RowReader: ~Copyable {
    private let layout: TableLayout
    private let limits: TableLimits
    private let scanner: RecordScanner
    private var builder: BatchBuilder
    private var timeCell: TimeCell
    private let valueIndexes: [Int]
    private var earliest = Int64.max
    private var latest = Int64.min

    init(layout: TableLayout, limits: TableLimits) {
        self.layout = layout
        self.limits = limits
        scanner = RecordScanner(dialect: layout.dialect, columns: layout.width, longestField: limits.fieldBytes)
        builder = BatchBuilder(width: layout.values.count, cells: limits.batchCells)
        timeCell = TimeCell(form: layout.timeForm)
        valueIndexes = layout.values.map(\.index)
    }

    /// Reads all whole records of a piece, and advances what it was told about the place.
    mutating func read(
        _ piece: borrowing ByteBuffer, at place: inout Place, final: Bool, into summary: inout TableSummary, _ batches: inout [TableBatch]
    )
        throws(AppError)
    {
        let base = piece.base
        records: while place.position < piece.end {
            switch scanner.scan(base, from: place.position, to: piece.end, final: final) {
            case .incomplete:
                try place.checkLength(piece.end, limits)
                break records
            case .fault(let fault):
                throw TableFault.record(fault, at: place, limits: limits)
            case .record(let fields, let next, let lines, let ascii):
                try place.checkLength(next, limits)
                if !ascii { try place.checkUTF8(base, upTo: next) }
                if fields > 1 || scanner.fields[0].length > 0 || scanner.fields[0].form != .plain {
                    summary.rowsRead += 1
                    row(base, fields, place.line, &summary)
                    if builder.isFull { batches.append(flush(&summary)) }
                }
                place.position = next
                place.line += lines
            }
        }
        if final, builder.count > 0 { batches.append(flush(&summary)) }
        if earliest <= latest {
            summary.from = Timestamp(microseconds: earliest)
            summary.to = Timestamp(microseconds: latest)
        }
    }

    private mutating func flush(_ summary: inout TableSummary) -> TableBatch {
        var batch = builder.take()
        for (row, by) in batch.keepLastOfEachTime() {
            summary.refuse(batch.lines[row], limit: limits.namedRefusals, "line \(batch.lines[by]) has the same time; its values hold")
        }
        return batch
    }

    @inline(__always)
    private mutating func row(_ base: UnsafePointer<UInt8>, _ fields: Int, _ line: Int, _ summary: inout TableSummary) {
        guard fields == layout.width else {
            summary.refuse(line, limit: limits.namedRefusals, "has \(fields) columns; the header has \(layout.width)")
            return
        }
        let timeField = scanner.fields[layout.time.index]
        let cell = Cell(timeField, base)
        guard let time = timeCell.parse(cell.bytes, cell.count), timeField.form != .malformed else {
            summary.refuse(line, limit: limits.namedRefusals, Refusal.time(cell, timeField, layout))
            return
        }
        let values = builder.next
        for column in 0..<valueIndexes.count {
            let field = scanner.fields[valueIndexes[column]]
            let cell = Cell(field, base)
            if cell.count == 0 {
                (values + column).initialize(to: .nan)
            } else if let number = NumberCell.parse(cell.bytes, cell.count), field.form != .malformed {
                (values + column).initialize(to: number)
            } else {
                summary.refuse(line, limit: limits.namedRefusals, Refusal.number(cell, field, layout.values[column].name, layout))
                return
            }
        }
        builder.commit(time: time, line: line)
        earliest = min(earliest, time)
        latest = max(latest, time)
    }
}

/// Why a cell was not read.
private enum Refusal {
    static func time(_ cell: Cell, _ field: Field, _ layout: TableLayout) -> String {
        if cell.count == 0 { return "column \"\(layout.time.name)\" is empty; expected a date" }
        return "column \"\(layout.time.name)\" holds \"\(excerpt(cell, field, layout))\"; expected a date such as \(layout.timeForm.example)"
    }

    static func number(_ cell: Cell, _ field: Field, _ name: String, _ layout: TableLayout) -> String {
        "column \"\(name)\" holds \"\(excerpt(cell, field, layout))\"; expected a number such as 1234.5"
    }

    private static func excerpt(_ cell: Cell, _ field: Field, _ layout: TableLayout) -> String {
        cell.excerpt(field.form, quote: layout.dialect.quote)
    }
}
