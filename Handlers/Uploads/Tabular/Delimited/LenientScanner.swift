import CMarks

/// Finds the fields of one record after the other, 64 bytes at a time, and gives every input a meaning.
///
/// A quote opens a field only at its beginning, blanks before it left aside; it closes it where a delimiter or a line end follows, blanks left aside
/// again. Any other quote within is text, and counted as stray. Lines end with CR LF, LF or CR.
struct LenientScanner: ~Copyable {
    /// The fields of the last record.
    var fields = FieldList()
    private let delimiter: UInt8
    private let quote: UInt8
    private let escape: UInt8
    private let isPadded: Bool
    private let longestField: Int
    private var block = -64
    private var bits: UInt64 = 0
    /// No quote that could close a field lies before this, as far as was looked; saves looking again from each opening quote.
    private var noCloserBefore = 0

    init(_ dialect: DelimitedDialect, longestField: Int) {
        delimiter = dialect.delimiterByte
        quote = dialect.quoteByte
        escape = dialect.escapeByte
        isPadded = dialect.isPadded && dialect.delimiter != nil
        self.longestField = longestField
    }

    /// How many quoted fields had no end. After some, doubled quotes among them no longer make it look again.
    private var unclosed = 0
    private static let patience = 32

    /// Says that what lay at `shift` lies at the beginning now, or that the memory is another.
    mutating func moved(by shift: Int) {
        block = -64
        noCloserBefore = max(0, noCloserBefore - shift)
    }

    /// The record that begins at `start`; nil where the bytes end before it does. 64 bytes behind `end` must be readable.
    ///
    /// - Parameter final: whether nothing follows `end`, so that the end of the bytes ends the record too.
    mutating func scan(_ base: UnsafePointer<UInt8>, from start: Int, to end: Int, final: Bool) -> LenientRecord? {
        fields.removeAll()
        var record = LenientRecord()
        var opened = start
        var block = self.block
        var bits = self.bits
        if start >= block, start < block + 64 {
            bits &= ~0 << UInt64(start - block)
        } else {
            block = start
            bits = marks(base + block)
        }
        while true {
            while bits == 0 {
                block += 64
                guard block < end else { return atEnd(base, opened, end, final, &record) }
                bits = marks(base + block)
            }
            let position = block + bits.trailingZeroBitCount
            guard position < end else { return atEnd(base, opened, end, final, &record) }
            let byte = base[position]
            if byte == delimiter {
                bits &= bits &- 1
                keep(base, opened, position)
                opened = position + 1
            } else if byte == quote {
                bits &= bits &- 1
                guard position == opened || isBlank(base, opened, position) else { continue }
                let closing = close(base, opened: position, to: end, final: final)
                switch closing.outcome {
                case .incomplete: return nil
                case .unclosed:
                    record.isUnclosed = true
                    record.next = end
                    record.fields = fields.count + 1
                    return record
                case .closed: break
                }
                record.quoted += 1
                record.strays += closing.strays
                record.lines += closing.lines
                if closing.isEscaped { record.isEscaped = true }
                fields.append(position + 1, closing.end - position - 1, closing.isEscaped ? .escaped : .quoted)
                let after = closing.after
                guard after < end else {
                    record.next = end
                    record.fields = fields.count
                    return record
                }
                if base[after] == delimiter {
                    opened = after + 1
                    block = opened
                    bits = marks(base + block)
                    if opened >= end { return atEnd(base, opened, end, final, &record) }
                    continue
                }
                return lineEnd(base, after, end, final, &record, after, marks(base + after))
            } else {
                keep(base, opened, position)
                return lineEnd(base, position, end, final, &record, block, bits)
            }
        }
    }

    @inline(__always)
    private func marks(_ bytes: UnsafePointer<UInt8>) -> UInt64 { marks_find(bytes, delimiter, quote, 0x0A, 0x0D) }

    @inline(__always)
    private mutating func keep(_ base: UnsafePointer<UInt8>, _ opened: Int, _ position: Int) {
        var start = opened
        if isPadded, start < position, base[start] == 0x20, fields.count > 0 { start += 1 }
        fields.append(start, position - start, .plain)
    }

    @inline(__always)
    private mutating func lineEnd(
        _ base: UnsafePointer<UInt8>, _ position: Int, _ end: Int, _ final: Bool, _ record: inout LenientRecord, _ block: Int, _ bits: UInt64
    ) -> LenientRecord? {
        var next = position + 1
        if base[position] == 0x0D {
            if next == end, !final { return nil }
            if next < end, base[next] == 0x0A { next += 1 }
        }
        record.next = next
        record.fields = fields.count
        self.block = block
        self.bits = bits
        return record
    }

    private mutating func atEnd(
        _ base: UnsafePointer<UInt8>, _ opened: Int, _ end: Int, _ final: Bool, _ record: inout LenientRecord
    ) -> LenientRecord? {
        guard final else { return nil }
        keep(base, min(opened, end), end)
        record.next = end
        record.fields = fields.count
        block = -64
        return record
    }

    private func isBlank(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Bool {
        for position in start..<end where base[position] != 0x20 { return false }
        return true
    }

    private struct Closing {
        enum Outcome { case closed, unclosed, incomplete }
        var outcome = Outcome.closed
        /// Where the content ends.
        var end = 0
        /// Where the delimiter or the line end stands.
        var after = 0
        var lines = 0
        var strays = 0
        var isEscaped = false
    }

    private mutating func close(_ base: UnsafePointer<UInt8>, opened: Int, to end: Int, final: Bool) -> Closing {
        var closing = Closing()
        let stop = min(end, opened + longestField)
        var position = max(opened + 1, min(noCloserBefore, stop))
        var sawPair = position > opened + 1
        search: while position < stop {
            var bits = marks_find(base + position, quote, escape, quote, escape)
            let block = position
            position += 64
            while bits != 0 {
                let hit = block + bits.trailingZeroBitCount
                bits &= bits &- 1
                guard hit < stop else { break search }
                if escape != 0, base[hit] == escape, escape != quote {
                    guard hit + 1 < end else { break search }
                    closing.isEscaped = true
                    sawPair = true
                    position = hit + 2
                    continue search
                }
                guard base[hit] == quote else { continue }
                guard hit + 1 < end else {
                    guard final else { break search }
                    return closed(base, closing, opened, hit, end)
                }
                let next = base[hit + 1]
                if next == quote {
                    closing.isEscaped = true
                    sawPair = true
                    position = hit + 2
                    continue search
                }
                if next == delimiter || next == 0x0A || next == 0x0D { return closed(base, closing, opened, hit, hit + 1) }
                if next == 0x20 || next == 0x09 {
                    var after = hit + 1
                    while after < end, after < hit + 64, base[after] == 0x20 || base[after] == 0x09, base[after] != delimiter { after += 1 }
                    if after == end, final { return closed(base, closing, opened, hit, end) }
                    if after < end, base[after] == delimiter || base[after] == 0x0A || base[after] == 0x0D {
                        return closed(base, closing, opened, hit, after)
                    }
                }
                closing.strays += 1
            }
        }
        let isLong = stop == opened + longestField && stop <= end
        if !final, !isLong { return Closing(outcome: .incomplete) }
        unclosed += 1
        if !sawPair || noCloserBefore > opened || unclosed > Self.patience { noCloserBefore = max(noCloserBefore, stop) }
        closing.outcome = .unclosed
        return closing
    }

    private func closed(_ base: UnsafePointer<UInt8>, _ closing: Closing, _ opened: Int, _ quote: Int, _ after: Int) -> Closing {
        var closing = closing
        closing.end = quote
        closing.after = after
        closing.lines = LineCount.ends(base, from: opened + 1, to: quote)
        return closing
    }
}

/// Line ends in a stretch of text.
enum LineCount {
    static func ends(_ base: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
        var count = 0
        for position in start..<max(start, end) {
            if base[position] == 0x0A || base[position] == 0x0D && base[position + 1] != 0x0A { count += 1 }
        }
        return count
    }

    static func lines(_ text: [UInt8]) -> Int {
        // One more byte may be looked at.
        (text + [0]).withUnsafeBufferPointer { ends($0.baseAddress!, from: 0, to: text.count) }
    }

    /// Where the line that begins at `start` ends: the place of its line end and of the next line; `end` for both where it has none.
    static func line(_ base: UnsafePointer<UInt8>, from start: Int, to end: Int) -> (end: Int, next: Int) {
        var position = start
        while position < end {
            if base[position] == 0x0A { return (position, position + 1) }
            if base[position] == 0x0D { return (position, position + 1 < end && base[position + 1] == 0x0A ? position + 2 : position + 1) }
            position += 1
        }
        return (end, end)
    }
}
