/// Reads decimal numbers: a sign, digits with a point, an exponent. Correctly rounded; neither infinite nor not-a-number.
enum NumberCell {
    /// Beyond this, sums of many values would leave the range of 64-bit floating point.
    private static let largest = 1e300

    /// The number that all of the bytes spell; nil where they spell none, or one beyond ±1e300.
    @inline(__always)
    static func parse(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Double? {
        var position = 0
        var negative = false
        if count > 0, bytes[0] == UInt8(ascii: "-") || bytes[0] == UInt8(ascii: "+") {
            negative = bytes[0] == UInt8(ascii: "-")
            position = 1
        }
        var mantissa: UInt64 = 0
        let whole = position
        while position < count {
            let digit = bytes[position] &- 48
            guard digit < 10 else { break }
            mantissa = mantissa &* 10 &+ UInt64(digit)
            position += 1
        }
        var digits = position - whole
        var exponent = 0
        if position < count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            let fraction = position
            while position < count {
                let digit = bytes[position] &- 48
                guard digit < 10 else { break }
                mantissa = mantissa &* 10 &+ UInt64(digit)
                position += 1
            }
            exponent = fraction - position
            digits -= exponent
        }
        guard digits > 0 else { return nil }
        if position < count {
            guard let power = Self.exponent(bytes + position, count - position) else { return nil }
            exponent += power
        }
        guard digits <= 19 else { return slow(bytes, count) }
        let magnitude: Double
        if mantissa == 0 { return 0 }
        if mantissa <= 1 << 53, exponent >= -22, exponent <= 22 {
            // Both factors are exact, so one rounding is the right one (Clinger 1990, "How to Read Floating Point Numbers Accurately").
            magnitude = exponent < 0 ? Double(mantissa) / Powers.ofTen[-exponent] : Double(mantissa) * Powers.ofTen[exponent]
        } else if exponent < 0, exponent >= -27 {
            magnitude = quotient(mantissa, tenTo: -exponent)
        } else {
            return slow(bytes, count)
        }
        return negative ? -magnitude : magnitude
    }

    /// `mantissa / 10^power` rounded to the nearest, for 0 < mantissa and a power of at most 27: a division with remainder of 128 by 64 bits, exact.
    private static func quotient(_ mantissa: UInt64, tenTo power: Int) -> Double {
        let divisor = Powers.ofFive[power]
        let up = mantissa.leadingZeroBitCount
        let down = divisor.leadingZeroBitCount
        let aligned = mantissa << UInt64(up)
        let (bits, remainder) = (divisor << UInt64(down)).dividingFullWidth((aligned >> 1, aligned << 63))
        let dropped = UInt64(11 - bits.leadingZeroBitCount)
        var kept = bits >> dropped
        let rest = bits & (1 << dropped - 1)
        let half: UInt64 = 1 << (dropped - 1)
        if rest > half || rest == half && (remainder != 0 || kept & 1 == 1) { kept += 1 }
        let scale = down - up - 63 - power + Int(dropped)
        return Double(kept) * Double(bitPattern: UInt64(scale + 1023) << 52)
    }

    /// The value of `e` and a whole number; nil for anything else. Cut at ±99,999, which is out of range in any case.
    private static func exponent(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int? {
        guard bytes[0] | 0x20 == UInt8(ascii: "e"), count > 1 else { return nil }
        let signed = bytes[1] == UInt8(ascii: "-") || bytes[1] == UInt8(ascii: "+")
        let first = signed ? 2 : 1
        guard first < count else { return nil }
        var value = 0
        for position in first..<count {
            let digit = bytes[position] &- 48
            guard digit < 10 else { return nil }
            value = min(value * 10 + Int(digit), 99_999)
        }
        return bytes[1] == UInt8(ascii: "-") ? -value : value
    }

    /// The standard library's reading, for the few numbers that the exact ways do not cover. The syntax has been checked.
    @inline(never)
    private static func slow(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Double? {
        let text = String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
        guard let value = Double(text), value.magnitude <= largest else { return nil }
        return value
    }
}

/// Powers that fit their type exactly.
private enum Powers {
    static let ofTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    /// 5^0 to 5^27.
    static let ofFive: [UInt64] = {
        var powers: [UInt64] = [1]
        while powers.count < 28 { powers.append(powers[powers.count - 1] * 5) }
        return powers
    }()
}
