/// Which delimiter, quote and escape make the sample most like a table: neighbours of the same width, cells that are something.
///
/// After "Wrangling Messy CSV Files by Detecting Row and Type Patterns" (van den Burg, Nazábal, Sutton 2019), which multiplies a score of the rows' widths
/// with one of the cells' types; here widths count between neighbours, so that a preamble or a second table takes little away.
struct DialectGuess {
    private(set) var dialect: DelimitedDialect
    /// 0…1.
    private(set) var confidence: Double
    private(set) var reason: String

    private static let records = 200
    private static let bytes = 96 << 10

    /// - Parameter overrides: what need not be guessed.
    init(_ text: borrowing ByteBuffer, final: Bool, limits: TableLimits, overrides: ShapeOverrides) {
        let counts = ByteCounts(text, bytes: Self.bytes)
        let delimiters: [UInt8?] = overrides.delimiterByte.map { [$0] } ?? (counts.delimiters.map { .some($0) } + [nil])
        let quotes: [UInt8?] = overrides.quoteByte.map { [$0] } ?? counts.quotes(among: delimiters)
        var best = (dialect: DelimitedDialect(delimiter: delimiters.first ?? nil), score: -1.0)
        var second = 0.0
        for delimiter in delimiters {
            var bestOfDelimiter = -1.0
            for quote in quotes where quote != delimiter {
                var candidates = [DelimitedDialect(delimiter: delimiter, quote: quote)]
                if let escape = overrides.escapeByte {
                    candidates[0].escape = escape
                } else if let quote, counts.hasEscapedQuote(quote) {
                    candidates.append(DelimitedDialect(delimiter: delimiter, quote: quote, escape: UInt8(ascii: "\\")))
                }
                for candidate in candidates {
                    let score = Self.score(
                        SampleTable(text, candidate, width: 0, limit: Self.records, bytes: Self.bytes, final: final, limits: limits), candidate)
                    bestOfDelimiter = max(bestOfDelimiter, score)
                    if score > best.score + 1e-9 {
                        if best.dialect.delimiter != delimiter { second = max(second, best.score) }
                        best = (candidate, score)
                    }
                }
            }
            if best.dialect.delimiter != delimiter { second = max(second, bestOfDelimiter) }
        }
        dialect = best.dialect
        // Too few lines say that nothing separates them.
        if dialect.delimiter == nil, counts.lines < 8, overrides.delimiter == nil { dialect.delimiter = UInt8(ascii: ",") }
        confidence = min(1, max(0.05, best.score)) * (second <= 0 ? 1 : min(1, max(0.3, 2 * (best.score - second) / max(best.score, 0.01))))
        reason = dialect.delimiter == nil ? "no byte separates the lines into columns" : "neighbouring rows have the same number of columns"
        let sample = SampleTable(text, dialect, width: 0, limit: Self.records, bytes: Self.bytes, final: final, limits: limits)
        dialect.isPadded = dialect.delimiter != 0x20 && sample.padded.all > 2 && sample.padded.yes * 20 >= sample.padded.all * 19
    }

    static func score(_ sample: SampleTable, _ dialect: DelimitedDialect) -> Double {
        var rows = sample.rows.filter { !$0.isBlank }
        let records = rows.filter { !$0.isComment }
        if !records.isEmpty { rows = records }
        // Lines of a title separate nothing.
        let titles = rows.prefix { $0.width == 1 }.count
        if titles <= 8, rows.count >= 2 * titles, dialect.delimiter != nil { rows.removeFirst(titles) }
        guard let first = rows.first else { return 0 }
        guard dialect.delimiter != nil else { return 0.22 * types(rows, among: 1) + 0.01 }
        var agreeing = 0.0
        var wide = 0
        var widths: [Int: Int] = [:]
        for index in rows.indices.dropFirst() {
            let (a, b) = (rows[index - 1].width, rows[index].width)
            if a == b, a > 1 { agreeing += 1 } else if rows.count <= 4, a > 1, b > 1 { agreeing += 0.5 * Double(min(a, b)) / Double(max(a, b)) }
        }
        for row in rows where row.width > 1 {
            wide += 1
            widths[row.width, default: 0] += 1
        }
        guard wide > 0 else { return 0.001 }
        let coherence = rows.count == 1 ? (first.width > 1 ? 0.6 : 0) : agreeing / Double(rows.count - 1)
        let usual = widths.max { ($0.value, $0.key) < ($1.value, $1.key) }!.key
        let gain = 1 - 1 / Double(usual + 1)
        let penalty = 1 - 0.5 * Double(min(sample.faults, sample.quoted)) / Double(max(1, sample.quoted))
        let titled = 1 - 0.3 * Double(titles) / Double(max(1, titles + rows.count))
        return titled * coherence * (0.3 + 0.7 * types(rows, among: 2)) * (0.7 + 0.3 * gain) * penalty * prior(dialect)
    }

    /// How usual the delimiter is, and a little less for what needs more explaining.
    private static func prior(_ dialect: DelimitedDialect) -> Double {
        var prior =
            switch dialect.delimiterByte {
            case UInt8(ascii: ","), UInt8(ascii: ";"), 0x09: 1.0
            case UInt8(ascii: "|"): 0.98
            case UInt8(ascii: "~"), UInt8(ascii: "^"), 0x01...0x08, 0x0E...0x1F: 0.85
            case UInt8(ascii: ":"), 0x20: 0.65
            default: 0.45
            }
        if dialect.quote == UInt8(ascii: "'") { prior *= 0.97 }
        if dialect.escape != nil { prior *= 0.99 }
        return prior
    }

    /// The mean worth of the cells, of the rows that have at least `among` cells.
    private static func types(_ rows: [SampleRow], among: Int) -> Double {
        var sum = 0.0
        var count = 0
        for row in rows where row.width >= among {
            for (cell, kind) in zip(row.cells, row.kinds) {
                count += 1
                sum += kind == .text ? worth(cell) : 1
            }
        }
        return count == 0 ? 0 : sum / Double(count)
    }

    /// A text is worth less where it still holds what could separate or enclose.
    private static func worth(_ cell: [UInt8]) -> Double {
        var worth = 0.9
        for byte in cell {
            switch byte {
            case UInt8(ascii: ";"), 0x09, UInt8(ascii: "|"): return 0.2
            case UInt8(ascii: ","): worth = 0.45
            default: break
            }
        }
        let edges = [cell.first, cell.last].compactMap { $0 }
        if edges.contains(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") }) { worth = min(worth, 0.25) }
        return worth
    }
}

/// Which bytes stand where they could separate or enclose.
struct ByteCounts {
    private(set) var lines = 0
    private var linesWith = [Int](repeating: 0, count: 128)
    private var opening = [Int](repeating: 0, count: 128)
    private var closing = [Int](repeating: 0, count: 128)
    private var escaped = [Int](repeating: 0, count: 128)

    private static let candidates: [UInt8] = Array(",;\t|: ~^#&!$%*@+=".utf8) + [0x01, 0x02, 0x03, 0x1C, 0x1D, 0x1E, 0x1F, 0x60]
    private static let quotes: [UInt8] = Array("\"'".utf8)

    init(_ text: borrowing ByteBuffer, bytes: Int) {
        let base = text.base
        let end = min(text.end, text.start + bytes)
        var seen = [Bool](repeating: false, count: 128)
        var isEmpty = true
        for position in text.start..<end {
            let byte = base[position]
            if byte == 0x0A || byte == 0x0D {
                if !isEmpty { endLine(&seen) }
                isEmpty = true
                continue
            }
            guard byte < 128 else {
                isEmpty = false
                continue
            }
            isEmpty = false
            seen[Int(byte)] = true
            guard Self.quotes.contains(byte) else { continue }
            let before = position > text.start ? base[position - 1] : 0x0A
            let after = position + 1 < end ? base[position + 1] : 0x0A
            if before == UInt8(ascii: "\\") { escaped[Int(byte)] += 1 }
            if !Self.isWord(before), before != byte, before != UInt8(ascii: "\\") { opening[Int(byte)] += 1 }
            if !Self.isWord(after), after != byte { closing[Int(byte)] += 1 }
        }
        if !isEmpty { endLine(&seen) }
    }

    private mutating func endLine(_ seen: inout [Bool]) {
        lines += 1
        for byte in 0..<128 where seen[byte] {
            linesWith[byte] += 1
            seen[byte] = false
        }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte >= 128 || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF) || byte == 0x2E
    }

    /// Bytes on at least a third of the lines, the usual ones wherever they are.
    var delimiters: [UInt8] {
        Self.candidates.filter { byte in
            let found = linesWith[Int(byte)]
            return Array(",;\t|".utf8).contains(byte) ? found > 0 : found > 1 && found * 3 >= lines
        }
    }

    /// `"`, and `'` where it opens and closes.
    func quotes(among delimiters: [UInt8?]) -> [UInt8?] {
        let single = UInt8(ascii: "'")
        let usesSingle = opening[Int(single)] > 0 && closing[Int(single)] > 0
        return [UInt8(ascii: "\"")] + (usesSingle ? [single] : [])
    }

    func hasEscapedQuote(_ quote: UInt8) -> Bool { escaped[Int(quote)] > 0 }
}
