extension JSONParser {
    /// Reads a number that starts at the position.
    mutating func number() throws(AppError) -> JSONValue {
        let start = position
        let isNegative = take(UInt8(ascii: "-"))
        var decimal = Decimal()
        let leadingZero = position < bytes.count && bytes[position] == UInt8(ascii: "0")
        guard digits(into: &decimal) > 0 else { throw unexpected("a digit") }
        if leadingZero, position - start - (isNegative ? 1 : 0) > 1 { throw failure("a number may not begin with 0", at: start) }
        var isWhole = true
        if take(UInt8(ascii: ".")) {
            isWhole = false
            let count = digits(into: &decimal)
            guard count > 0 else { throw unexpected("a digit after the decimal point") }
            decimal.exponent -= count
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isWhole = false
            try exponent(into: &decimal)
        }
        if isWhole, let value = decimal.integer(isNegative: isNegative) { return .integer(value) }
        if let value = decimal.exactDouble { return .number(isNegative ? -value : value) }
        let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
        guard let value = Double(text), value.isFinite else { throw failure("a number beyond ±1.8e308, the largest that can be held", at: start) }
        return .number(value)
    }

    private mutating func digits(into decimal: inout Decimal) -> Int {
        let start = position
        while position < bytes.count, case let digit = bytes[position] &- 48, digit < 10 {
            decimal.append(digit)
            position += 1
        }
        return position - start
    }

    private mutating func exponent(into decimal: inout Decimal) throws(AppError) {
        let isNegative = take(UInt8(ascii: "-"))
        if !isNegative { _ = take(UInt8(ascii: "+")) }
        var value = 0
        let start = position
        while position < bytes.count, case let digit = bytes[position] &- 48, digit < 10 {
            if value < 1_000_000 { value = value * 10 + Int(digit) }
            position += 1
        }
        guard position > start else { throw unexpected("a digit of the exponent") }
        decimal.exponent += isNegative ? -value : value
    }

    /// The number that a whole text is in JSON's grammar; nil for anything else, blanks included.
    static func number(in text: String) -> JSONValue? {
        var text = text
        return text.withUTF8 { buffer in
            var parser = JSONParser(buffer, limits: JSONReader())
            guard let value = try? parser.number(), parser.isAtEnd else { return nil }
            return value
        }
    }
}

/// The digits of a number as they are read.
private struct Decimal {
    private var digits: UInt64 = 0
    private var fits = true
    var exponent = 0

    @inline(__always)
    mutating func append(_ digit: UInt8) {
        let (product, overflow) = digits.multipliedReportingOverflow(by: 10)
        let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
        digits = sum
        if overflow || carry { fits = false }
    }

    /// Nil beyond 64 bits, and for -0, which only a double can hold.
    func integer(isNegative: Bool) -> Int64? {
        guard fits else { return nil }
        if !isNegative { return Int64(exactly: digits) }
        if digits == 0 { return nil }
        return digits <= UInt64(Int64.max) + 1 ? Int64(truncatingIfNeeded: 0 &- digits) : nil
    }

    /// The nearest double, where one correctly rounded operation on exact operands gives it (Clinger 1990, the fast path); else nil.
    var exactDouble: Double? {
        guard fits, digits <= 1 << 53, abs(exponent) <= 22 else { return nil }
        let power = Self.powers[abs(exponent)]
        return exponent < 0 ? Double(digits) / power : Double(digits) * power
    }

    private static let powers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]
}
