import Kernel

/// Reads JSON strictly after RFC 8259, and tells what it finds. The text lies in one piece.
struct JSONGrammar {
    let bytes: UnsafeBufferPointer<UInt8>
    var position: Int
    private let deepest: Int
    private var depth = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int, deepest: Int) {
        self.bytes = bytes
        self.position = position
        self.deepest = deepest
    }

    func failure(_ expected: String) -> JSONFault { .expected(expected, bytes, position) }

    @inline(__always)
    mutating func skipBlanks() {
        while position < bytes.count, case let byte = bytes[position], byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    @inline(__always)
    mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    /// Checks a value and goes behind it.
    mutating func value() throws(JSONFault) {
        skipBlanks()
        guard position < bytes.count else { throw failure("a value") }
        switch bytes[position] {
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "{"): try members { (grammar, _) throws(JSONFault) in try grammar.value() }
        case UInt8(ascii: "["): try elements { (grammar) throws(JSONFault) in try grammar.value() }
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        default: try number()
        }
    }

    /// Goes through the members of the object at the position; the closure reads each value. It is given the place of the name, quotes left out, and
    /// whether the name holds escapes.
    mutating func members(_ each: (inout JSONGrammar, (place: Range<Int>, hasEscapes: Bool)) throws(JSONFault) -> Void) throws(JSONFault) {
        try enter()
        skipBlanks()
        if take(UInt8(ascii: "}")) { return leave() }
        while true {
            skipBlanks()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { throw failure("a member's name in double quotes") }
            let name = try string()
            skipBlanks()
            guard take(UInt8(ascii: ":")) else { throw failure("':'") }
            try each(&self, name)
            skipBlanks()
            if take(UInt8(ascii: "}")) { return leave() }
            guard take(UInt8(ascii: ",")) else { throw failure("',' or '}'") }
        }
    }

    /// Goes through the elements of the array at the position; the closure reads each.
    mutating func elements(_ each: (inout JSONGrammar) throws(JSONFault) -> Void) throws(JSONFault) {
        try enter()
        skipBlanks()
        if take(UInt8(ascii: "]")) { return leave() }
        while true {
            try each(&self)
            skipBlanks()
            if take(UInt8(ascii: "]")) { return leave() }
            guard take(UInt8(ascii: ",")) else { throw failure("',' or ']'") }
        }
    }

    private mutating func enter() throws(JSONFault) {
        depth += 1
        guard depth <= deepest else { throw JSONFault(offset: position, what: "nested deeper than \(deepest) levels") }
        position += 1
    }

    private mutating func leave() { depth -= 1 }

    mutating func word(_ text: StaticString) throws(JSONFault) {
        for index in 0..<text.utf8CodeUnitCount where !take(text.utf8Start[index]) { throw failure("\(text)") }
    }

    mutating func number() throws(JSONFault) {
        let start = position
        let isNegative = take(UInt8(ascii: "-"))
        let isZero = position < bytes.count && bytes[position] == UInt8(ascii: "0")
        guard digits() > 0 else { throw failure(isNegative ? "a digit" : "a value") }
        if isZero, position - start - (isNegative ? 1 : 0) > 1 { throw JSONFault(offset: start, what: "a number may not begin with 0") }
        if take(UInt8(ascii: ".")) { guard digits() > 0 else { throw failure("a digit after the decimal point") } }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "-")) { _ = take(UInt8(ascii: "+")) }
            guard digits() > 0 else { throw failure("a digit of the exponent") }
        }
    }

    private mutating func digits() -> Int {
        let start = position
        while position < bytes.count, bytes[position] &- 48 < 10 { position += 1 }
        return position - start
    }

    /// Checks the string at the position and goes behind it; gives the place of its content.
    mutating func string() throws(JSONFault) -> (place: Range<Int>, hasEscapes: Bool) {
        position += 1
        let start = position
        var hasEscapes = false
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return (start..<position - 1, hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                _ = try escape()
            case ..<0x20: throw failure("a string without control characters (write \\n, \\t or \\u00XX)")
            case ..<0x80: position += 1
            default:
                let length = wellFormedLength()
                guard length > 0 else { throw JSONFault(offset: position, what: "the text is not UTF-8") }
                position += length
            }
        }
        throw failure("'\"' at the end of the string")
    }

    /// The character of the escape at the position, and goes behind it.
    mutating func escape() throws(JSONFault) -> Unicode.Scalar {
        let start = position
        position += 1
        guard position < bytes.count else { throw failure("an escape such as \\n or \\u0041") }
        let letter = bytes[position]
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): break
        default:
            position -= 1
            throw failure("one of \" \\ / b f n r t u after the backslash")
        }
        let first = try unit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        let lonely = JSONFault(offset: start, what: "a surrogate without its other half")
        guard first < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw lonely }
        let second = try unit()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
        else { throw lonely }
        return scalar
    }

    private mutating func unit() throws(JSONFault) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard position < bytes.count, let digit = Hex.value(of: bytes[position]) else { throw failure("four hexadecimal digits after \\u") }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }

    /// The length of the well-formed sequence at the position (Unicode 15, table 3-7); 0 where there is none.
    private func wellFormedLength() -> Int {
        let (length, second): (Int, ClosedRange<UInt8>) =
            switch bytes[position] {
            case 0xC2...0xDF: (2, 0x80...0xBF)
            case 0xE0: (3, 0xA0...0xBF)
            case 0xED: (3, 0x80...0x9F)
            case 0xE1...0xEF: (3, 0x80...0xBF)
            case 0xF0: (4, 0x90...0xBF)
            case 0xF1...0xF3: (4, 0x80...0xBF)
            case 0xF4: (4, 0x80...0x8F)
            default: (0, 0...0)
            }
        guard length > 0, position + length <= bytes.count, second.contains(bytes[position + 1]) else { return 0 }
        for offset in 2..<max(length, 2) where bytes[position + offset] & 0xC0 != 0x80 { return 0 }
        return length
    }
}
