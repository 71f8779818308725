/// Reads a field as a number the way people write them: `-1,234.56`, `1.234,56 €`, `(US$ 5)`, `12,5 %`, `1 234`, `1'234.50`, `12,34,567`, `5-`.
enum NumberText {
    /// The longest field that is looked at, in bytes.
    private static let longest = 64

    /// Nil where the field is no number under either decimal mark.
    @inline(__always)
    static func read(_ text: FieldText) -> NumberReading? { simple(text) ?? (text.count <= longest ? NumberScan.read(text) : nil) }

    /// Digits with at most one mark: most numbers. Nil where more is there.
    @inline(__always)
    private static func simple(_ text: FieldText) -> NumberReading? {
        let count = text.count
        guard count <= 18 else { return nil }
        var position = text[0] == UInt8(ascii: "-") ? 1 : 0
        let negative = position == 1
        var mantissa: UInt64 = 0
        let first = position
        while position < count {
            let digit = text[position] &- 48
            guard digit < 10 else { break }
            mantissa = mantissa &* 10 &+ UInt64(digit)
            position += 1
        }
        let whole = position - first
        guard whole > 0 else { return nil }
        if position == count {
            guard mantissa <= 1 << 53 else { return nil }
            let value = negative ? -Double(mantissa) : Double(mantissa)
            return NumberReading(
                point: value, comma: value, isPlain: true, wholeDigits: whole, isZeroLed: whole > 1 && text[first] == UInt8(ascii: "0"))
        }
        let mark = text[position]
        guard mark == UInt8(ascii: ".") || mark == UInt8(ascii: ",") else { return nil }
        position += 1
        let behind = position
        while position < count {
            let digit = text[position] &- 48
            guard digit < 10 else { return nil }
            mantissa = mantissa &* 10 &+ UInt64(digit)
            position += 1
        }
        let fraction = position - behind
        guard fraction > 0, mantissa <= 1 << 53 else { return nil }
        // Both factors are exact, so one rounding is the right one (Clinger 1990).
        let magnitude = Double(mantissa) / PowersOfTen.double[fraction]
        let decimal = negative ? -magnitude : magnitude
        let groups = fraction == 3 && whole <= 3 && text[first] != UInt8(ascii: "0")
        let grouped = groups ? (negative ? -Double(mantissa) : Double(mantissa)) : .nan
        let isPoint = mark == UInt8(ascii: ".")
        return NumberReading(
            point: isPoint ? decimal : grouped, comma: isPoint ? grouped : decimal, isPlain: false, wholeDigits: groups ? whole + 3 : whole,
            fractionDigits: fraction)
    }
}

/// Powers of ten that a double holds exactly.
enum PowersOfTen {
    static let double: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]
}
