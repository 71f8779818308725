/// One record of the sample.
struct SampleRow {
    /// The line where it begins, from 1.
    let line: Int
    let cells: [[UInt8]]
    let kinds: [CellKind]
    /// Whether the line is empty, or holds nothing but blanks.
    let isBlank: Bool
    /// Whether it begins with `#`, outside of quotes.
    let isComment: Bool

    var width: Int { cells.count }
    /// Cells that are not empty.
    let filled: Int
    var isTyped: Bool { kinds.contains { $0.isTyped } }

    init(line: Int, cells: [[UInt8]], isComment: Bool) {
        self.init(line: line, cells: cells, kinds: cells.map { CellKind($0) }, isComment: isComment)
    }

    init(line: Int, cells: [[UInt8]], kinds: [CellKind], isComment: Bool = false) {
        self.line = line
        self.cells = cells
        self.isComment = isComment
        self.kinds = kinds
        filled = cells.reduce(0) { $0 + ($1.allSatisfy { $0 == 0x20 || $0 == 0x09 } ? 0 : 1) }
        isBlank = cells.count == 1 && filled == 0
    }
}

/// The first records of a file, cut by a dialect.
struct SampleTable {
    private(set) var rows: [SampleRow] = []
    /// Fields that are quoted.
    private(set) var quoted = 0
    /// Quotes that mean nothing, fields without an end.
    private(set) var faults = 0
    /// Delimiters with one blank behind them, and all delimiters with something behind them.
    private(set) var padded = (yes: 0, all: 0)

    /// - Parameters:
    ///   - width: how many fields a record has where that is known, else 0.
    ///   - limit: the most records.
    init(_ text: borrowing ByteBuffer, _ dialect: DelimitedDialect, width: Int, limit: Int, bytes: Int, final: Bool, limits: TableLimits) {
        let base = text.base
        let end = min(text.end, text.start + bytes)
        let isFinal = final && end == text.end
        var finder = RecordFinder(dialect, width: width, longestField: limits.fieldBytes)
        var position = text.start
        var line = 1
        while position < end, rows.count < limit {
            // The last record may be cut off; it is taken only where nothing else is there.
            guard let record = finder.find(base, from: position, to: end, final: true), isFinal || record.next < end || rows.isEmpty else { break }
            var cells: [[UInt8]] = []
            cells.reserveCapacity(record.fields)
            for index in 0..<min(record.fields, limits.columns + 1) {
                let field = finder.field(index)
                cells.append(Self.text(base, field, dialect))
                let start = Int(field.start)
                let isQuoted = field.form != .plain
                if isQuoted { quoted += 1 }
                if index > 0, field.length > 0, !dialect.isPadded {
                    padded.all += 1
                    let before = isQuoted ? start - 2 : start
                    let isBlank = base[before] == 0x20 && (isQuoted ? base[before - 1] == dialect.delimiterByte : base[before + 1] != 0x20)
                    if isBlank { padded.yes += 1 }
                }
            }
            if record.isUnclosed || record.strays > 0 || finder.wasRepaired { faults += 1 }
            rows.append(SampleRow(line: line, cells: cells, isComment: base[position] == UInt8(ascii: "#")))
            line += record.lines
            position = record.next
        }
    }

    private static func text(_ base: UnsafePointer<UInt8>, _ field: LenientField, _ dialect: DelimitedDialect) -> [UInt8] {
        var text = Array(UnsafeBufferPointer(start: base + Int(field.start), count: Int(field.length)))
        guard field.form == .escaped else { return text }
        let length = text.withUnsafeMutableBufferPointer {
            Unescape.inPlace($0.baseAddress!, $0.count, quote: dialect.quoteByte, escape: dialect.escapeByte)
        }
        return Array(text[..<length])
    }
}
