/// What a number's format makes of it.
enum NumberFormat: UInt8, Sendable {
    case number
    /// A day, a time of day or both.
    case date
    /// Time that has passed: `[h]:mm`.
    case duration

    /// A format that every program knows by its number (ECMA-376 part 1, section 18.8.30), those of East Asian editions included.
    init(builtIn id: Int) {
        switch id {
        case 14...22, 27...36, 45, 47, 50...58: self = .date
        case 46: self = .duration
        default: self = .number
        }
    }

    /// A format by its code (section 18.8.31). The first section counts, which is that of positive numbers.
    init(code: some StringProtocol) {
        self = .number
        // Some languages' own word for "General", which has letters of dates in it.
        if code.lowercased().hasPrefix("standard") { return }
        var bytes = code.utf8.makeIterator()
        while let byte = bytes.next() {
            switch byte {
            case UInt8(ascii: ";"): return
            // The next character stands for itself, for its width, or is repeated.
            case UInt8(ascii: "\\"), UInt8(ascii: "_"), UInt8(ascii: "*"): _ = bytes.next()
            case UInt8(ascii: "\""): while let quoted = bytes.next(), quoted != UInt8(ascii: "\"") {}
            case UInt8(ascii: "["): if Self.isElapsed(&bytes) { self = .duration; return }
            case UInt8(ascii: "d"), UInt8(ascii: "m"), UInt8(ascii: "y"), UInt8(ascii: "h"), UInt8(ascii: "s"), UInt8(ascii: "D"), UInt8(ascii: "M"),
                UInt8(ascii: "Y"), UInt8(ascii: "H"), UInt8(ascii: "S"):
                self = .date
            default: break
            }
        }
    }

    /// Whether brackets hold hours, minutes or seconds alone, as `[hh]` does, and no colour, country or condition. Goes behind them.
    private static func isElapsed(_ bytes: inout some IteratorProtocol<UInt8>) -> Bool {
        var letter: UInt8?
        var isElapsed = true
        while let byte = bytes.next(), byte != UInt8(ascii: "]") {
            let lower = byte | 0x20
            if letter == nil { letter = lower }
            let isUnit = lower == UInt8(ascii: "h") || lower == UInt8(ascii: "m") || lower == UInt8(ascii: "s")
            if !isUnit || lower != letter { isElapsed = false }
        }
        return isElapsed && letter != nil
    }
}
