import Kernel

/// Makes records of the bytes of a file whose shape is known.
struct TableRecords: ~Copyable, Sendable {
    private let shape: TableShape
    private let limits: TableLimits
    private let dialect: DelimitedDialect
    private let width: Int
    private var decoder: TextDecoder
    private var text: ByteBuffer
    private var finder: RecordFinder
    private var store = BatchStore()
    private var held = HeldRecords()
    var ready: [RecordBatch] = []
    private var position = 0
    /// Bytes of text in front of those that wait.
    private var before = 0
    private var line: Int
    private var skipLeft: Int
    private var headerLeft: Int
    /// Empty lines since the last record.
    private var blanks = 0
    private var hasEnded = false
    private var isFinished = false
    /// Below this many waiting bytes there is nothing to gain from looking again.
    private var enough = 1
    /// The first field of the header, to know one that comes again.
    private let firstName: [UInt8]
    /// The columns that hold numbers, dates or times.
    private let typed: [Int]
    var firstFilled = 0
    var summary = ReadSummary()
    /// What follows the table, once another one was found to begin there.
    private var rest: [UInt8] = []
    private var restLine = 0

    /// `place`: where reading begins; nil for the beginning of the text, whose first line has the number `line`.
    init(_ shape: TableShape, limits: TableLimits, from place: RowPlaces.Place? = nil, line: Int = 1) {
        self.shape = shape
        self.limits = limits
        dialect = shape.dialect
        // Columns of the header without a name, where no record has them, are a slip of the header.
        let header = shape.header ?? []
        let isSlip = header.count > shape.columns && header.filter(\.isEmpty).count >= header.count - shape.columns
        width = isSlip ? shape.columns : max(shape.columns, header.count)
        decoder = TextDecoder(shape.encoding, mark: place == nil ? shape.mark : 0)
        text = ByteBuffer(capacity: 2 << 20)
        finder = RecordFinder(dialect, width: shape.columns + (shape.hasTrailingDelimiter ? 1 : 0), longestField: limits.fieldBytes)
        skipLeft = place == nil ? shape.skipRows : 0
        headerLeft = place == nil ? shape.headerRows : 0
        firstName = Array((shape.header?.first ?? "").utf8)
        typed = shape.typedColumns.indices.filter { shape.typedColumns[$0] && $0 < shape.columns }
        self.line = place?.line ?? line
        summary.records = place?.record ?? 0
    }

    mutating func read(_ bytes: UnsafeRawBufferPointer) throws(AppError) {
        guard !hasEnded else { return }
        makeRoom()
        decoder.decode(bytes, final: false, into: &text)
        try drain(final: false)
    }

    mutating func finish() throws(AppError) {
        if !hasEnded {
            makeRoom()
            decoder.decode(UnsafeRawBufferPointer(start: nil, count: 0), final: true, into: &text)
            enough = 0
            try drain(final: true)
            flush()
            settle()
        }
        isFinished = true
        findTotal()
        summary.repaired = finder.repaired
        summary.undecodable = decoder.repaired
        if let first = decoder.firstRepaired {
            summary.warn(
                1, .encoding, "\(decoder.repaired) bytes stand for no character in \(shape.encoding.rawValue), the first of them byte \(first)")
        }
    }

    /// The last batch is kept until the end, since its last record may be the sum of all.
    mutating func next() -> RecordBatch? {
        ready.count > (isFinished ? 0 : 1) ? ready.removeFirst() : nil
    }

    /// What is told of the records so far.
    mutating func told() -> ReadSummary { summary }

    /// Forgets what was read, so that the memory is used again.
    private mutating func makeRoom() {
        flush()
        text.consume(upTo: position)
        before += position
        finder.moved(by: position)
        position = 0
    }

    private mutating func drain(final: Bool) throws(AppError) {
        position = text.start
        guard final || text.end - position >= enough else { return }
        if text.end - position > limits.recordBytes {
            let line = LineCount.line(text.base, from: position, to: text.end)
            if line.end - position > limits.recordBytes { throw TableFault.longRecord(line: self.line, limits: limits) }
        }
        while position < text.end, !hasEnded {
            if skipLeft > 0 {
                guard skipLine(final: final) else { break }
                continue
            }
            guard let record = finder.find(text.base, from: position, to: text.end, final: final) else { break }
            try take(record)
            line += record.lines
            position = record.next
        }
        let waiting = text.end - position
        if waiting > limits.recordBytes { throw TableFault.longRecord(line: line, limits: limits) }
        // A record longer than what is here is looked for again only when twice as much is, so that its length costs no more than twice.
        enough = waiting < 65_536 ? waiting + 1 : min(waiting * 2, limits.recordBytes + 1)
        if hasEnded {
            rest += UnsafeBufferPointer(start: text.base + position, count: text.end - position)
            position = text.end
        }
    }

    /// Whether another table was found to begin. Mutating, as all that is asked of it, since the table is lent out of an optional.
    mutating func isOver() -> Bool { hasEnded }

    /// The text from the next table on, as far as it has come, and the line where that begins; 0 where no other table was found.
    mutating func takeRest() -> (text: [UInt8], line: Int) {
        defer { rest = [] }
        return (rest, restLine)
    }

    /// The text of further bytes, behind the end of the table.
    mutating func decodeRest(_ bytes: UnsafeRawBufferPointer, final: Bool) -> [UInt8] {
        makeRoom()
        decoder.decode(bytes, final: final, into: &text)
        defer { position = text.end }
        return Array(UnsafeBufferPointer(start: text.base + text.start, count: text.count))
    }

    private mutating func skipLine(final: Bool) -> Bool {
        let found = LineCount.line(text.base, from: position, to: text.end)
        guard final || found.next < text.end || found.end + 1 < found.next else { return false }
        position = found.next
        skipLeft -= 1
        line += 1
        return true
    }

    private mutating func take(_ record: LenientRecord) throws(AppError) {
        let isBlank = record.fields == 1 && isBlankLine(record)
        if headerLeft > 0 {
            if !isBlank { headerLeft -= 1 }
            return
        }
        if record.fields == shape.columns, blanks == 0, held.isEmpty, !isBlank, !shape.hasTrailingDelimiter {
            if record.fields == shape.header?.count, isHeaderAgain(record) {
                summary.warn(line, .repeatedHeader, "the header stands here again; left out")
                return
            }
            if record.fields > 2, shape.isTidied, finder.field(1).length == 0, mayEndTable(record) { return }
            if shape.isTidied, mayNameAnother(record) { return }
            return try keep(record, record.fields)
        }
        try consider(record, isBlank: isBlank)
    }

    private func isBlankLine(_ record: LenientRecord) -> Bool {
        let field = finder.field(0)
        guard field.form == .plain else { return false }
        for offset in 0..<Int(field.length) {
            let byte = text.base[Int(field.start) + offset]
            if byte != 0x20, byte != 0x09 { return false }
        }
        return true
    }

    private func isHeaderAgain(_ record: LenientRecord) -> Bool {
        let field = finder.field(0)
        guard field.length == firstName.count, shape.headerRows == 1, record.fields > 1, let header = shape.header else { return false }
        for offset in 0..<firstName.count where text.base[Int(field.start) + offset] != firstName[offset] { return false }
        return cells(record).map { String(decoding: $0, as: UTF8.self) } == header
    }

    /// Holds back a record that is as wide as the table, but empty, or a note in its first field alone: what stands below tells what it is.
    private mutating func mayEndTable(_ record: LenientRecord) -> Bool {
        for index in 1..<record.fields where finder.field(index).length > 0 { return false }
        let isEmpty = finder.field(0).length == 0
        let copy = held(record)
        guard isEmpty || copy.isNote || !held.isEmpty && held.isApart else { return false }
        guard held.hold(copy, isApart: isEmpty || blanks > 0) else {
            release()
            return false
        }
        blanks = 0
        return true
    }

    /// Holds back a record without a gap in front that may be the names of another table as wide as this one: the next record tells.
    @inline(__always)
    private mutating func mayNameAnother(_ record: LenientRecord) -> Bool {
        guard typed.count > 1 else { return false }
        for column in typed {
            let field = finder.field(column)
            guard field.length > 0, Self.mayBeginName(text.base[Int(field.start)]) else { return false }
        }
        return summary.records > 0 && holdNames(record)
    }

    /// Letters, also those of other scripts.
    private static func mayBeginName(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 || byte >= 0x80 }

    private mutating func holdNames(_ record: LenientRecord) -> Bool {
        let copy = held(record)
        guard copy.namesAnother(typed: typed, header: shape.header ?? []) else { return false }
        return held.hold(copy, isApart: false)
    }

    /// A record that is not simply one more of the table.
    private mutating func consider(_ record: LenientRecord, isBlank: Bool) throws(AppError) {
        if isBlank {
            blanks += 1
            return
        }
        guard shape.isTidied else { return try keep(record, width) }
        let isComment = shape.hasComments && record.fields == 1 && finder.field(0).form == .plain && text.base[position] == UInt8(ascii: "#")
        if isComment {
            summary.warn(line, .comment, "begins with # and is no record; left out as a comment")
            return
        }
        let full = shape.columns + (shape.hasTrailingDelimiter ? 1 : 0)
        if record.fields == full || record.fields == width || width == 1 {
            if !held.isEmpty || blanks > 0, record.fields > 2, finder.field(1).length == 0, mayEndTable(record) { return }
            if blanks > 0 || !held.isEmpty, width > 1 {
                let copy = held(record)
                let isAgain = copy.cells.map { String(decoding: $0, as: UTF8.self) } == shape.header
                let isApart = blanks > 0 || held.isApart
                if isAgain || HeldRecords.beginsAnother(copy, typed: shape.typedColumns, isApart: isApart)
                    || !isApart && held.areNames(over: copy, typed: shape.typedColumns)
                {
                    _ = held.hold(copy, isApart: true)
                    return end()
                }
                release()
            } else if width == 1, blanks > 0 {
                // In a table of one column an empty line is an empty cell, if more follow.
                fillBlanks()
            }
            blanks = 0
            let isTrailed = shape.hasTrailingDelimiter && record.fields == full && finder.field(full - 1).length == 0
            return try keep(record, isTrailed ? shape.columns : record.fields)
        }
        if held.isEmpty, blanks == 0, record.fields > 1 {
            let copy = held(record)
            if !copy.isHeaderLike { return try keep(record, record.fields) }
        }
        let verdict = held.add(held(record), isApart: blanks > 0, width: width)
        blanks = 0
        switch verdict {
        case .hold: break
        case .keep: release()
        case .ended: end()
        }
    }

    /// Adds a record to the batch.
    @inline(__always)
    private mutating func keep(_ record: LenientRecord, _ count: Int) throws(AppError) {
        if store.isFull(at: position) { flush() }
        if record.fields > limits.columns { throw TableFault.columns(record.fields, line: line, limits: limits) }
        if record.next - position > limits.fieldBytes { try checkFields(record) }
        if count != width || record.fields != count { warnWidth(record, count) }
        store.append(finder, count, from: position, line: line, width: width)
        if record.isEscaped { unescape(record, max(count, width)) }
        if record.strays > 0 || finder.wasRepaired {
            summary.warn(line, .quote, "a quote stands where none is expected; it was taken for text")
        }
        if finder.field(0).length > 0 { firstFilled += 1 }
        summary.records += 1
    }

    private func checkFields(_ record: LenientRecord) throws(AppError) {
        for index in 0..<record.fields where Int(finder.field(index).length) > limits.fieldBytes {
            throw TableFault.at(line: line, "column \(index + 1) is longer than \(limits.fieldBytes) bytes; is a quote missing at its end?")
        }
    }

    private mutating func warnWidth(_ record: LenientRecord, _ count: Int) {
        if count < width {
            if count < shape.columns { summary.warn(line, .short, "has \(count) columns; expected \(width), the missing ones are empty") }
        } else if count > width {
            summary.warn(line, .long, "has \(count) columns; expected \(width), the others are kept")
        }
    }

    private mutating func unescape(_ record: LenientRecord, _ room: Int) {
        for index in 0..<record.fields where finder.field(index).form == .escaped {
            let field = finder.field(index)
            let length = Unescape.inPlace(
                text.mutableBase + Int(field.start), Int(field.length), quote: dialect.quoteByte, escape: dialect.escapeByte)
            if index < room { store.shorten(index, of: room, to: length) }
        }
    }

    private func held(_ record: LenientRecord) -> HeldRecords.Record {
        let text = UnsafeBufferPointer(start: text.base + position, count: record.next - position)
        return HeldRecords.Record(line: line, cells: cells(record), text: Array(text))
    }

    private func cells(_ record: LenientRecord) -> [[UInt8]] {
        (0..<min(record.fields, limits.columns)).map { index in
            let field = finder.field(index)
            var bytes = Array(UnsafeBufferPointer(start: text.base + Int(field.start), count: Int(field.length)))
            guard field.form == .escaped else { return bytes }
            let length = bytes.withUnsafeMutableBufferPointer {
                Unescape.inPlace($0.baseAddress!, $0.count, quote: dialect.quoteByte, escape: dialect.escapeByte)
            }
            bytes.removeSubrange(length...)
            return bytes
        }
    }

    private mutating func flush() {
        guard store.count > 0 else { return }
        let first = summary.records - store.count
        ready.append(store.take(text.base, to: position, firstRecord: first, firstByte: before))
    }

    /// Puts what was held back into the table.
    private mutating func release() {
        blanks = 0
        guard !held.isEmpty else { return }
        let records = held.removeAll()
        append(records.map { ($0.line, $0.cells) })
    }

    private mutating func fillBlanks() {
        append((0..<blanks).map { (line - blanks + $0, [[]]) })
        blanks = 0
    }

    private mutating func append(_ records: [(line: Int, cells: [[UInt8]])]) {
        flush()
        var batch = RecordBatch(firstRecord: summary.records, firstByte: -1)
        for record in records {
            for cell in record.cells { cell.withUnsafeBufferPointer { batch.append($0) } }
            // A line of text is no record with empty fields.
            let isText = record.cells.count == 1 && width > 2
            if !isText { for _ in record.cells.count..<max(width, record.cells.count) { batch.append("") } }
            batch.endRecord(line: record.line)
            if record.cells.count < width {
                summary.warn(record.line, .short, "has \(record.cells.count) columns; expected \(width), the missing ones are empty")
            }
        }
        summary.records += records.count
        ready.append(batch)
    }

    /// The table ends above what is held, the record at hand among it.
    private mutating func end() {
        flush()
        let records = held.removeAll()
        restLine = records.first?.line ?? line
        var next = restLine
        for record in records {
            // Empty lines are not held.
            rest += [UInt8](repeating: 0x0A, count: max(0, record.line - next))
            rest += record.text
            next = record.line + LineCount.lines(record.text)
        }
        summary.tables += 1
        summary.warn(restLine, .anotherTable, "another table begins here; `table` chooses which one is read")
        hasEnded = true
    }

    /// At the end of the file: what is held was a footnote, if there was a table to have one, or a small table. Notes that are written as records
    /// are kept as such.
    private mutating func settle() {
        guard !held.isEmpty else { return }
        guard summary.records > (held.isApart ? 1 : 2), !held.isBlank else { return release() }
        let isWide = held.records.allSatisfy { $0.isNarrow && $0.cells.count == width }
        if isWide {
            let notes = held.records.filter { !$0.isBlank }.map(\.line)
            release()
            for line in notes { summary.warn(line, .footnote, "looks like a footnote, but is written as a record; kept") }
        } else if held.records.allSatisfy({ $0.isNarrow || held.isApart && !$0.isHeaderLike }) || held.isApart && !held.isTable {
            for record in held.removeAll() where !record.isBlank {
                summary.warn(record.line, .footnote, "stands below the table; left out as a footnote")
            }
        } else if held.isApart {
            end()
        } else {
            release()
        }
    }
}
