/// Reads a record whose quotes are wrong: byte by byte, with the meaning of one quote turned around, until it has as many fields as the table.
struct RecordRepair {
    /// A record is repaired within so many bytes.
    static let window = 64 << 10
    /// So many quotes are tried.
    private static let attempts = 24
    /// Two cells that grew together are looked for over so many lines.
    private static let joinedLines = 20

    private var delimiter: UInt8
    private let quote: UInt8
    private let escape: UInt8
    private let isPadded: Bool
    /// Bytes that may still be looked at, so that hostile input costs no more than a few times its length.
    private var allowance = 8 << 20

    init(_ dialect: DelimitedDialect) {
        delimiter = dialect.delimiterByte
        quote = dialect.quoteByte
        escape = dialect.escapeByte
        isPadded = dialect.isPadded && dialect.delimiter != nil
    }

    /// Says that so many bytes were read.
    mutating func earned(_ bytes: Int) { allowance += 8 * bytes }

    /// A better reading of the record that was read as `fields`; nil where there is none.
    ///
    /// Of all readings the one with the fewest faults holds: fields too few or too many, quotes where none belong, lines within that are records
    /// themselves, a line behind it that is none.
    ///
    /// - Parameters:
    ///   - fields: what was read; nil where a quoted field has no end.
    ///   - width: how many fields the table has.
    mutating func better(
        _ record: LenientRecord, _ fields: [LenientField]?, _ base: UnsafePointer<UInt8>, from start: Int, to end: Int, width: Int
    ) -> Reading? {
        let stop = min(end, start + Self.window)
        let line = LineCount.line(base, from: start, to: end)
        guard width > 0, allowance > 0 else {
            guard record.isUnclosed, var plain = parse(base, from: start, to: line.end, width: .max, lineOnly: true) else { return nil }
            plain.next = line.next
            return plain
        }
        var best: (reading: Reading?, faults: Int, next: Int)?
        func consider(_ reading: Reading, _ faults: Int, isFirst: Bool = false) {
            guard best.map({ (faults, reading.next) < ($0.faults, $0.next) }) ?? true else { return }
            best = (isFirst ? nil : reading, faults, reading.next)
        }
        if let fields {
            let reading = Reading(fields: fields, next: record.next, lines: record.lines, strays: record.strays)
            consider(reading, faults(reading, base, from: start, to: stop, width: width), isFirst: true)
        }
        var turn = -1
        while turn < Self.attempts, allowance > 0 {
            var decisions = 0
            let reading = parse(base, from: start, to: stop, turn: turn, width: width, lineOnly: false, decisions: &decisions)
            if let reading, reading.fields.count == width {
                consider(reading, faults(reading, base, from: start, to: stop, width: width) + (turn < 0 ? 0 : 1))
            }
            if turn >= decisions { break }
            turn += 1
        }
        for closesEarly in [false, true] {
            guard var reading = parse(base, from: start, to: line.end, width: .max, lineOnly: true, closesEarly: closesEarly) else { continue }
            reading.next = line.next
            reading.lines = 1
            consider(reading, faults(reading, base, from: start, to: stop, width: width))
        }
        return best?.reading
    }

    /// How much speaks against a reading.
    private mutating func faults(_ reading: Reading, _ base: UnsafePointer<UInt8>, from start: Int, to stop: Int, width: Int) -> Int {
        var faults = reading.strays
        if reading.fields.count != width { faults += 3 + min(3, abs(reading.fields.count - width)) }
        for field in reading.fields { faults += loneQuotes(base, field) }
        if !isRecord(base, reading.next, stop, width) { faults += 3 }
        var next = LineCount.line(base, from: start, to: stop).next
        for _ in 0..<Self.joinedLines where next < reading.next {
            let line = LineCount.line(base, from: next, to: stop)
            if parse(base, from: next, to: line.end, width: .max, lineOnly: true)?.fields.count == width { faults += 3 }
            next = line.next
        }
        return faults
    }

    /// Quotes that stand beside a delimiter within a field, and count double, and a field without quotes around it that has an odd number of them.
    private func loneQuotes(_ base: UnsafePointer<UInt8>, _ field: LenientField) -> Int {
        var faults = 0
        var quotes = 0
        let end = Int(field.start) + Int(field.length)
        var position = Int(field.start)
        while position < end {
            if escape != 0, escape != quote, base[position] == escape {
                position += 2
                continue
            }
            guard quote != 0, base[position] == quote else {
                position += 1
                continue
            }
            if field.form != .plain, position + 1 < end, base[position + 1] == quote {
                position += 2
                continue
            }
            quotes += 1
            let isBeside = position + 1 < end && base[position + 1] == delimiter || position > Int(field.start) && base[position - 1] == delimiter
            if isBeside, delimiter != 0 { faults += 2 }
            position += 1
        }
        return faults + (field.form == .plain ? quotes & 1 : 0)
    }

    /// The record that separates its fields by another of the usual delimiters than the table does; nil where none gives as many as the table has.
    mutating func separated(_ base: UnsafePointer<UInt8>, from start: Int, to end: Int, width: Int) -> Reading? {
        let stop = min(end, start + Self.window)
        let line = LineCount.line(base, from: start, to: stop)
        for other in [UInt8(ascii: ";"), UInt8(ascii: ","), 0x09, UInt8(ascii: "|")] where other != delimiter && allowance > 0 {
            var seen = start
            while seen < line.end, base[seen] != other { seen += 1 }
            guard seen < line.end else { continue }
            var repair = self
            repair.delimiter = other
            let reading = repair.parse(base, from: start, to: stop, width: width, lineOnly: false)
            allowance = repair.allowance
            if let reading, reading.fields.count == width { return reading }
        }
        return nil
    }

    /// A record as it was read here.
    struct Reading {
        var fields: [LenientField] = []
        var next = 0
        var lines = 1
        var strays = 0
        fileprivate var decisions = 0
    }

    /// Whether a record of the table begins at `start`, or nothing does.
    private mutating func isRecord(_ base: UnsafePointer<UInt8>, _ start: Int, _ stop: Int, _ width: Int) -> Bool {
        guard start < stop else { return true }
        if parse(base, from: start, to: stop, width: width, lineOnly: false)?.fields.count == width { return true }
        let line = LineCount.line(base, from: start, to: stop)
        return parse(base, from: start, to: line.end, width: .max, lineOnly: true)?.fields.count == width
    }

    /// The record whose last field holds a quote that opens something after text, such as two cells grown together: with the lines up to the one
    /// that closes it. Nil where those lines are records themselves.
    mutating func joined(
        _ fields: [LenientField], _ base: UnsafePointer<UInt8>, next: Int, to end: Int, width: Int
    ) -> Reading? {
        guard let last = fields.last else { return nil }
        var line = (end: next, next: next)
        for lines in 2...Self.joinedLines {
            guard line.next < min(end, next + Self.window), allowance > 0 else { return nil }
            let start = line.next
            line = LineCount.line(base, from: start, to: end)
            guard let below = parse(base, from: start, to: line.end, width: .max, lineOnly: true), below.fields.count < width else {
                return nil
            }
            var position = start
            while position < line.end, base[position] != quote { position += 1 }
            guard position < line.end else { continue }
            guard let after = ends(base, position + 1, line.end) else { return nil }
            var reading = Reading()
            reading.fields = fields.dropLast()
            reading.fields.append(LenientField(start: last.start, length: UInt32(position + 1) - last.start, form: .plain))
            if after < line.end, base[after] == delimiter {
                let room = width - reading.fields.count
                let stop = min(end, next + Self.window)
                if room > 0, let rest = parse(base, from: after + 1, to: stop, width: room, lineOnly: false) {
                    reading.fields += rest.fields
                    reading.lines = lines + rest.lines - 1
                    reading.next = rest.next
                    return reading
                }
                guard let rest = parse(base, from: after + 1, to: line.end, width: .max, lineOnly: true) else { return nil }
                reading.fields += rest.fields
            }
            guard reading.fields.count <= width else { return nil }
            reading.lines = lines
            reading.next = line.next
            return reading
        }
        return nil
    }

    private mutating func parse(
        _ base: UnsafePointer<UInt8>, from start: Int, to end: Int, width: Int, lineOnly: Bool, closesEarly: Bool = false
    ) -> Reading? {
        var decisions = 0
        return parse(base, from: start, to: end, turn: -1, width: width, lineOnly: lineOnly, closesEarly: closesEarly, decisions: &decisions)
    }

    /// One reading; nil where a quoted field does not end before `end` or there are more fields than `width`.
    ///
    /// - Parameters:
    ///   - turn: the number of the quote whose meaning is turned around; -1 for none.
    ///   - lineOnly: whether `end` is the end of the line; then an opening quote without a closing one is text.
    ///   - closesEarly: whether any quote that is not doubled ends a quoted field; what stands behind it belongs to the field.
    ///   - decisions: raised to the number of quotes that could be turned around.
    private mutating func parse(
        _ base: UnsafePointer<UInt8>, from start: Int, to end: Int, turn: Int, width: Int, lineOnly: Bool, closesEarly: Bool = false,
        decisions: inout Int
    ) -> Reading? {
        var reading = Reading()
        var position = start
        defer {
            allowance -= position - start
            decisions = reading.decisions
        }
        while true {
            if reading.fields.count == width { return nil }
            var opened = position
            if isPadded, reading.fields.count > 0, opened < end, base[opened] == 0x20 { opened += 1 }
            var mark = opened
            while mark < end, base[mark] == 0x20, delimiter != 0x20 { mark += 1 }
            var isQuoted = quote != 0 && mark < end && base[mark] == quote
            if isQuoted {
                isQuoted = reading.decisions != turn
                reading.decisions += 1
            }
            if isQuoted {
                if let after = quoted(base, mark, end, turn, closesEarly, &reading) {
                    position = after
                } else if lineOnly {
                    isQuoted = false
                } else {
                    position = end
                    return nil
                }
            }
            if !isQuoted {
                position = opened
                while position < end, base[position] != delimiter || delimiter == 0, base[position] != 0x0A, base[position] != 0x0D { position += 1 }
                reading.fields.append(LenientField(start: UInt32(opened), length: UInt32(position - opened), form: .plain))
            }
            guard position < end else {
                reading.next = end
                return reading
            }
            if base[position] == delimiter, delimiter != 0 {
                position += 1
                continue
            }
            let isPair = base[position] == 0x0D && position + 1 < end && base[position + 1] == 0x0A
            reading.next = position + (isPair ? 2 : 1)
            return reading
        }
    }

    /// Adds the field that a quote at `mark` opens. Returns the place behind it; nil where it does not end.
    private func quoted(
        _ base: UnsafePointer<UInt8>, _ mark: Int, _ end: Int, _ turn: Int, _ closesEarly: Bool, _ reading: inout Reading
    ) -> Int? {
        var position = mark + 1
        var isEscaped = false
        let before = reading
        while position < end {
            let byte = base[position]
            if escape != 0, escape != quote, byte == escape, position + 1 < end {
                isEscaped = true
                position += 2
                continue
            }
            if byte == 0x0A || byte == 0x0D && base[position + 1] != 0x0A { reading.lines += 1 }
            guard byte == quote else {
                position += 1
                continue
            }
            if position + 1 < end, base[position + 1] == quote {
                if ends(base, position + 2, end) != nil {
                    reading.decisions += 1
                    if reading.decisions - 1 == turn {
                        append(mark + 1, position + 1, isEscaped, &reading)
                        return position + 2
                    }
                }
                isEscaped = true
                position += 2
                continue
            }
            if let after = ends(base, position + 1, end) {
                reading.decisions += 1
                if reading.decisions - 1 != turn {
                    append(mark + 1, position, isEscaped, &reading)
                    return after
                }
            } else {
                reading.strays += 1
                if closesEarly {
                    while position < end, base[position] != delimiter || delimiter == 0, base[position] != 0x0A, base[position] != 0x0D {
                        position += 1
                    }
                    append(mark + 1, position, isEscaped, &reading)
                    return position
                }
            }
            position += 1
        }
        let decisions = reading.decisions
        reading = before
        reading.decisions = decisions
        return nil
    }

    private func append(_ start: Int, _ end: Int, _ isEscaped: Bool, _ reading: inout Reading) {
        reading.fields.append(LenientField(start: UInt32(start), length: UInt32(end - start), form: isEscaped ? .escaped : .quoted))
    }

    /// The place of the delimiter or line end that stands at `position`, blanks left aside; nil where there is none.
    private func ends(_ base: UnsafePointer<UInt8>, _ position: Int, _ end: Int) -> Int? {
        var position = position
        while position < end, base[position] == 0x20 || base[position] == 0x09, base[position] != delimiter { position += 1 }
        guard position < end else { return end }
        let byte = base[position]
        return byte == delimiter && delimiter != 0 || byte == 0x0A || byte == 0x0D ? position : nil
    }
}
