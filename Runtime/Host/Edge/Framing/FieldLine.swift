import Kernel

/// One header or trailer line: a name, a colon directly behind it, a value (RFC 9112 section 5).
struct FieldLine {
    let name: UnsafeRawBufferPointer
    /// Without the white space around it.
    let value: UnsafeRawBufferPointer
    /// Whether white space stands behind the value, or a tab directly in front of it.
    let isPadded: Bool

    /// Throws `BAD_REQUEST` for a folded line, a name that is no token, space in front of the colon, and control characters.
    init(_ line: UnsafeRawBufferPointer) throws(AppError) {
        var colon = 0
        while colon < line.count, Self.isTokenByte(line[colon]) { colon += 1 }
        guard colon > 0, colon < line.count, line[colon] == UInt8(ascii: ":") else {
            if let first = line.first, first == 0x20 || first == 0x09 { throw AppError(.badRequest, "A header line is folded") }
            throw AppError(.badRequest, "A header line is not a name, a colon and a value")
        }
        name = UnsafeRawBufferPointer(rebasing: line[..<colon])
        var start = colon + 1
        var end = line.count
        while start < end, line[start] == 0x20 || line[start] == 0x09 { start += 1 }
        while end > start, line[end - 1] == 0x20 || line[end - 1] == 0x09 { end -= 1 }
        value = UnsafeRawBufferPointer(rebasing: line[start..<end])
        isPadded = end < line.count || start > 0 && line[start - 1] == 0x09
        var isUnsound = false
        for byte in value { isUnsound = isUnsound || byte < 0x20 && byte != 0x09 || byte == 0x7F }
        guard !isUnsound else { throw AppError(.badRequest, "A header line holds a character that is not allowed there") }
    }

    /// Equal but for the case of ASCII letters. `lower` is lower case.
    static func same(_ text: UnsafeRawBufferPointer, _ lower: StaticString) -> Bool {
        guard text.count == lower.utf8CodeUnitCount else { return false }
        for position in text.indices {
            let byte = text[position]
            guard ((0x41...0x5A).contains(byte) ? byte | 0x20 : byte) == lower.utf8Start[position] else { return false }
        }
        return true
    }

    /// Whether a byte may stand in a token (RFC 9110 section 5.6.2).
    static func isTokenByte(_ byte: UInt8) -> Bool {
        // One bit for each of the characters 0 to 63 and 64 to 127.
        let low: UInt64 = 0x03FF_6CFA_0000_0000
        let high: UInt64 = 0x57FF_FFFF_C7FF_FFFE
        return byte < 64 ? low >> UInt64(byte) & 1 == 1 : byte < 128 && high >> UInt64(byte - 64) & 1 == 1
    }
}
