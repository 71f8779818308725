/// Finds the fields of one record after the other (RFC 4180), sixteen bytes at a time.
///
/// A quote counts only where it opens a field. Lines end with CR LF, LF or CR.
struct RecordScanner: ~Copyable, @unchecked Sendable {
    /// The fields of the last record, as far as there was room.
    let fields: UnsafeMutablePointer<Field>
    /// For how many fields there is room; more are counted only.
    let capacity: Int
    /// Field and quotes together.
    private let longestSpan: Int
    private let delimiters: SIMD16<UInt8>
    private let quotes: SIMD16<UInt8>

    init(dialect: Dialect, columns: Int, longestField: Int) {
        capacity = columns
        fields = .allocate(capacity: columns)
        longestSpan = longestField + 2
        delimiters = SIMD16(repeating: dialect.delimiter)
        quotes = SIMD16(repeating: dialect.quote)
    }

    deinit { fields.deallocate() }

    /// The record that begins at `start`. Sixteen bytes behind `end` must be readable.
    ///
    /// - Parameter final: whether nothing follows `end`, so that the end of the bytes ends the record too.
    func scan(_ base: UnsafePointer<UInt8>, from start: Int, to end: Int, final: Bool) -> ScanOutcome {
        let quote = quotes[0]
        let lineFeeds = SIMD16<UInt8>(repeating: 0x0A)
        let returns = SIMD16<UInt8>(repeating: 0x0D)
        var seen = SIMD16<UInt8>()
        var count = 0
        var lines = 1
        var opened = start
        var openedLine = 0
        var form = Field.Form.plain
        var contentEnd = -1
        var block = start

        blocks: while block < end {
            let current = ByteBlock(base + block)
            seen |= current.bytes
            let ends = current.equal(delimiters) .| current.equal(lineFeeds) .| current.equal(returns)
            var hits = BlockHits(ends .| current.equal(quotes) .| current.equal(SIMD16()))
            while let hit = hits.next() {
                let position = block + hit
                guard position < end else { break blocks }
                let byte = base[position]
                if byte == quote {
                    guard position == opened, form == .plain else { continue }
                    let closing = closingQuote(base, opened: position, to: end, final: final, seen: &seen)
                    guard closing.position >= 0 else {
                        if let nul = closing.nul {
                            return .fault(RecordFault(kind: .nul, offset: nul, lines: lines - 1 + closing.lines, column: count + 1))
                        }
                        let long = end - opened > longestSpan
                        guard final || long else { return .incomplete }
                        return .fault(RecordFault(kind: long ? .longField : .unclosedQuote, offset: position, lines: openedLine, column: count + 1))
                    }
                    lines += closing.lines
                    form = closing.escaped ? .escaped : .quoted
                    contentEnd = closing.position
                    block = closing.position + 1
                    continue blocks
                }
                guard position - opened <= longestSpan else {
                    return .fault(RecordFault(kind: .longField, offset: opened, lines: openedLine, column: count + 1))
                }
                if byte == 0 { return .fault(RecordFault(kind: .nul, offset: position, lines: lines - 1, column: count + 1)) }
                keep(opened, position, form, contentEnd, count)
                count += 1
                if byte == delimiters[0] {
                    opened = position + 1
                    openedLine = lines - 1
                    form = .plain
                    continue
                }
                var next = position + 1
                if byte == 0x0D {
                    if next == end, !final { return .incomplete }
                    if next < end, base[next] == 0x0A { next += 1 }
                }
                return .record(fields: count, next: next, lines: lines, ascii: Self.isASCII(seen))
            }
            block += 16
        }
        guard end - opened <= longestSpan else {
            return .fault(RecordFault(kind: .longField, offset: opened, lines: openedLine, column: count + 1))
        }
        guard final else { return .incomplete }
        keep(opened, end, form, contentEnd, count)
        return .record(fields: count + 1, next: end, lines: lines, ascii: Self.isASCII(seen))
    }

    @inline(__always)
    private func keep(_ opened: Int, _ position: Int, _ form: Field.Form, _ contentEnd: Int, _ count: Int) {
        guard count < capacity else { return }
        let start = form == .plain ? opened : opened + 1
        let end = form == .plain ? position : contentEnd
        let kept = form == .plain || contentEnd + 1 == position ? form : .malformed
        (fields + count).initialize(to: Field(start: UInt32(truncatingIfNeeded: start), length: UInt32(truncatingIfNeeded: end - start), form: kept))
    }

    private struct Closing {
        /// Where the closing quote is; negative where there is none yet.
        var position = -1
        var lines = 0
        var escaped = false
        var nul: Int?
    }

    private func closingQuote(
        _ base: UnsafePointer<UInt8>, opened: Int, to end: Int, final: Bool, seen: inout SIMD16<UInt8>
    ) -> Closing {
        // A field that is too long is found so however much of it is here.
        let stop = min(end, opened + longestSpan + 1)
        var closing = Closing()
        var block = opened + 1
        blocks: while block < stop {
            let current = ByteBlock(base + block)
            seen |= current.bytes
            let breaks = current.equal(SIMD16(repeating: 0x0A)) .| current.equal(SIMD16(repeating: 0x0D))
            var hits = BlockHits(breaks .| current.equal(quotes) .| current.equal(SIMD16()))
            while let hit = hits.next() {
                let position = block + hit
                guard position < stop else { break blocks }
                switch base[position] {
                case 0x0A: closing.lines += 1
                case 0x0D: if base[position + 1] != 0x0A { closing.lines += 1 }
                case 0:
                    closing.nul = position
                    return closing
                default:
                    if position + 1 == end {
                        if final { closing.position = position }
                        return closing
                    }
                    guard base[position + 1] == quotes[0] else {
                        closing.position = position
                        return closing
                    }
                    closing.escaped = true
                    block = position + 2
                    continue blocks
                }
            }
            block += 16
        }
        return closing
    }

    @inline(__always)
    private static func isASCII(_ seen: SIMD16<UInt8>) -> Bool {
        let halves = unsafeBitCast(seen, to: SIMD2<UInt64>.self)
        return (halves[0] | halves[1]) & 0x8080_8080_8080_8080 == 0
    }
}
