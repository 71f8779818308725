/// What one cell looks like, as far as telling a header from data needs it.
enum CellKind: UInt8 {
    case empty, number, date, time, text

    /// Whether it is something that names of columns are not.
    var isTyped: Bool { self == .number || self == .date || self == .time }

    init(_ cell: [UInt8]) {
        var bytes = cell[...]
        while let first = bytes.first, first == 0x20 || first == 0x09 { bytes.removeFirst() }
        while let last = bytes.last, last == 0x20 || last == 0x09 || last == 0x0A || last == 0x0D { bytes.removeLast() }
        if bytes.isEmpty || Self.isNull(bytes) {
            self = .empty
        } else if bytes.count > 40 {
            self = .text
        } else if Self.isNumber(bytes) {
            self = .number
        } else {
            self = Self.moment(bytes)
        }
    }

    /// Words that stand for a missing value.
    private static func isNull(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.count <= 7 else { return false }
        return nulls.contains(String(decoding: bytes, as: UTF8.self).lowercased())
    }

    private static let nulls: Set<String> = [
        "na", "n/a", "#n/a", "null", "none", "nan", "-", "--", "---", ".", "..", "...", "?", "*", "\\n", "nil", "–", "—", "(null)", "x", "#na",
        "#wert!",
        "#value!", "#div/0!", "#ref!", "inf", "-inf", "n.a.", "k.a.", "n.v.t.", ":", "c",
    ]

    /// Digits with marks between them, a sign, an exponent, a currency or a percent sign around them.
    private static func isNumber(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        if rest.first == UInt8(ascii: "("), rest.last == UInt8(ascii: ")") { rest = rest.dropFirst().dropLast() }
        rest = strippedUnit(rest)
        if let first = rest.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") { rest = strippedUnit(rest.dropFirst()) }
        if rest.count > 1, rest.last == UInt8(ascii: "-") { rest = rest.dropLast() }
        guard let first = rest.first, isDigit(first) || (rest.count > 1 && (first == 0x2E || first == 0x2C)) else { return false }
        var digits = 0
        var marks = 0
        var afterMark = 0
        var index = rest.startIndex
        while index < rest.endIndex {
            let byte = rest[index]
            if isDigit(byte) {
                digits += 1
                afterMark += 1
            } else if byte == 0x2E || byte == 0x2C || byte == 0x27 || byte == 0x20 {
                // Two marks in a row are none, and a blank stands only in front of three digits.
                if marks > 0, afterMark == 0 { return false }
                if byte == 0x20, !groupFollows(rest[(index + 1)...]) { return false }
                marks += 1
                afterMark = 0
            } else if byte == 0xC2, index + 1 < rest.endIndex, rest[index + 1] == 0xA0 {
                index += 1
            } else if byte == 0xE2, index + 2 < rest.endIndex, rest[index + 1] == 0x80 {
                index += 2
            } else if byte | 0x20 == UInt8(ascii: "e"), digits > 0 {
                var power = rest[(index + 1)...]
                if let sign = power.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { power = power.dropFirst() }
                return !power.isEmpty && power.count < 4 && power.allSatisfy(isDigit)
            } else {
                return false
            }
            index += 1
        }
        // Three or more groups of digits that are no thousands are a version, an address or a date.
        return digits > 0 && (marks < 2 || areThousands(rest))
    }

    private static func groupFollows(_ rest: ArraySlice<UInt8>) -> Bool { rest.count >= 3 && rest.prefix(3).allSatisfy(isDigit) }

    private static func areThousands(_ bytes: ArraySlice<UInt8>) -> Bool {
        let groups = bytes.split(whereSeparator: { !isDigit($0) })
        return groups.dropFirst().dropLast().allSatisfy { $0.count == 3 || $0.count == 2 } && (groups.first?.count ?? 9) <= 3
    }

    /// Without a currency, a percent sign or a unit's blank in front or behind.
    private static func strippedUnit(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = bytes
        for sign in signs {
            if rest.count > sign.count, rest.starts(with: sign) {
                rest = rest.dropFirst(sign.count)
                break
            }
        }
        for sign in signs {
            if rest.count > sign.count, rest.suffix(sign.count).elementsEqual(sign) {
                rest = rest.dropLast(sign.count)
                break
            }
        }
        while rest.first == 0x20 { rest = rest.dropFirst() }
        while rest.last == 0x20 { rest = rest.dropLast() }
        // The blank that does not break.
        if rest.starts(with: [0xC2, 0xA0]) { rest = rest.dropFirst(2) }
        if rest.count > 2, rest.suffix(2).elementsEqual([0xC2, 0xA0]) { rest = rest.dropLast(2) }
        return rest
    }

    private static let signs: [[UInt8]] = [
        "US$", "US $", "R$", "C$", "A$", "$", "€", "£", "¥", "₹", "₽", "₩", "zł", "Kč", "kr", "Fr.", "CHF", "EUR", "USD", "GBP", "JPY", "‰", "%",
        "BRL", "PLN",
        "SEK", "NOK", "DKK",
    ].map { Array($0.utf8) }

    /// A date, a time of day, or both.
    private static func moment(_ bytes: ArraySlice<UInt8>) -> CellKind {
        var groups = 0
        var digits = 0
        var longest = 0
        var run = 0
        var colons = 0
        var marks = 0
        var word: [UInt8] = []
        var isMonth = false
        var hasOther = false
        func endWord() {
            guard !word.isEmpty else { return }
            let text = String(decoding: word, as: UTF8.self).lowercased()
            if months.contains(String(text.prefix(3))), text.count <= 9 { isMonth = true } else if !particles.contains(text) { hasOther = true }
            word.removeAll(keepingCapacity: true)
        }
        for byte in bytes {
            if isDigit(byte) {
                endWord()
                if run == 0 { groups += 1 }
                run += 1
                digits += 1
                longest = max(longest, run)
                continue
            }
            run = 0
            switch byte {
            case 0x3A: colons += 1
            case 0x2D, 0x2F, 0x2E: marks += 1
            case 0x20, 0x2C, 0x2B: break
            case 0x41...0x5A, 0x61...0x7A, 0x80...:
                word.append(byte)
                continue
            default: hasOther = true
            }
            endWord()
        }
        endWord()
        guard !hasOther, digits >= 3, longest <= 9 else { return .text }
        if colons > 0, groups >= 2, groups == colons + 1 || groups == colons + 2 && marks == 1 { return .time }
        if isMonth, groups >= 1, longest <= 4 { return .date }
        if colons == 0, marks == 2, groups == 3, longest <= 4 { return .date }
        if colons > 0, groups >= 5, marks >= 2 { return .date }
        return .text
    }

    private static let months: Set<String> = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mär", "mrz", "mai", "okt", "dez", "fév", "fev", "avr",
        "juin", "jui",
        "aoû", "déc", "ene", "abr", "ago", "dic", "gen", "mag", "giu", "lug", "set", "ott", "mei", "maj", "out", "mrt",
    ]
    private static let particles: Set<String> = [
        "t", "z", "am", "pm", "utc", "gmt", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "h", "de", "uhr", "th", "st", "nd", "rd", "of", "cet",
        "est", "pst",
    ]

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }
}
