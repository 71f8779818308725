/// Numbers as decimal text.
enum JSONNumber {
    static func append(_ value: Int64, to bytes: inout [UInt8]) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        append(value.magnitude, to: &bytes)
    }

    /// The shortest decimal that reads back as the same double.
    static func append(_ value: Double, to bytes: inout [UInt8]) {
        if let whole = Int64(exactly: value), whole.magnitude < 1 << 53, whole != 0 || value.sign == .plus {
            append(whole, to: &bytes)
        } else if !appendShortDecimal(value, to: &bytes) {
            bytes.append(contentsOf: value.description.utf8)
        }
    }

    /// Values such as 12.8, which most measures are: at most 15 digits, four of them after the point.
    ///
    /// One division of exact operands is correctly rounded, so digits that divide back to the value read back as it;
    /// no two decimals of 15 digits share a double, so none shorter exists.
    private static func appendShortDecimal(_ value: Double, to bytes: inout [UInt8]) -> Bool {
        let magnitude = value.magnitude
        guard magnitude < 1e11, magnitude > 1e-3 else { return false }
        var scale = 1.0
        for places in 1...4 {
            scale *= 10
            let digits = (magnitude * scale).rounded()
            guard digits / scale == magnitude else { continue }
            if value < 0 { bytes.append(UInt8(ascii: "-")) }
            let whole = UInt64(digits)
            let divisor = UInt64(scale)
            append(whole / divisor, to: &bytes)
            bytes.append(UInt8(ascii: "."))
            var rest = whole % divisor
            var place = divisor
            for _ in 0..<places {
                place /= 10
                bytes.append(UInt8(truncatingIfNeeded: 48 + rest / place))
                rest %= place
            }
            return true
        }
        return false
    }

    private static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        if value < 10 {
            bytes.append(UInt8(truncatingIfNeeded: 48 + value))
            return
        }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var rest = value
            var position = 20
            while rest > 0 {
                position -= 1
                digits[position] = UInt8(truncatingIfNeeded: 48 + rest % 10)
                rest /= 10
            }
            bytes.append(contentsOf: digits[position..<20])
        }
    }
}
