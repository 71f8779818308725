/// Numbers as XML holds them.
enum NumberText {
    /// The double that all of the bytes spell, blanks around them allowed; nil where they spell none, or one that is not finite.
    @inline(__always)
    static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
        // Whole numbers of up to 15 digits, which most are, need no library.
        var value = 0
        var at = 0
        let isNegative = bytes.count > 1 && bytes[0] == UInt8(ascii: "-")
        if isNegative { at = 1 }
        if bytes.count - at <= 15, at < bytes.count {
            while at < bytes.count, bytes[at] &- 48 < 10 {
                value = value * 10 + Int(bytes[at] &- 48)
                at += 1
            }
            if at == bytes.count { return Double(isNegative ? -value : value) }
        }
        return slow(bytes)
    }

    /// Whether the bytes are a decimal that is the shortest of its double already, as most are written: at most 15 digits, of which no two decimals
    /// share a double, and no zero too many.
    @inline(__always)
    static func isShortest(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count > 0, bytes.count <= 17 else { return false }
        var at = bytes[0] == UInt8(ascii: "-") ? 1 : 0
        let first = at
        while at < bytes.count, bytes[at] &- 48 < 10 { at += 1 }
        let whole = at - first
        guard whole > 0, whole <= 15, whole == 1 || bytes[first] != UInt8(ascii: "0") else { return false }
        if at == bytes.count { return bytes[first] != UInt8(ascii: "0") || first == 0 }
        guard bytes[at] == UInt8(ascii: "."), bytes.count - first <= 16 else { return false }
        let point = at
        at += 1
        while at < bytes.count, bytes[at] &- 48 < 10 { at += 1 }
        return at == bytes.count && at > point + 1 && bytes[at - 1] != UInt8(ascii: "0")
    }

    @inline(never)
    private static func slow(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
        guard bytes.count < 512 else { return nil }
        let isBlank: (UInt8) -> Bool = { $0 <= 0x20 }
        guard let first = bytes.firstIndex(where: { !isBlank($0) }), let last = bytes.lastIndex(where: { !isBlank($0) }) else { return nil }
        let text = bytes[first...last]
        // The library also reads "nan", "inf" and hexadecimal.
        let isDecimal = text.allSatisfy { $0 &- 48 < 10 || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0) }
        guard isDecimal, let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else { return nil }
        return value
    }
}
