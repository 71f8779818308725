/// The bytes of one field while it is looked at, without blanks around it.
struct FieldText {
    let bytes: UnsafePointer<UInt8>
    let count: Int

    /// Cuts blanks, tabs, line ends, no-break and ideographic spaces off both ends.
    @inline(__always)
    init(_ start: UnsafePointer<UInt8>, _ length: Int) {
        var start = start
        var length = length
        while length > 0 {
            let blank = Self.blank(start, length)
            if blank == 0 { break }
            start += blank
            length -= blank
        }
        while length > 0 {
            let last = start[length - 1]
            if last == 0x20 || last == 0x09 || last == 0x0A || last == 0x0D {
                length -= 1
            } else if length >= 2, last == 0xA0, start[length - 2] == 0xC2 {
                length -= 2
            } else if length >= 3, last & 0x80 != 0, Self.blank(start + length - 3, 3) == 3 {
                length -= 3
            } else {
                break
            }
        }
        bytes = start
        count = length
    }

    /// A part that is known to have no blanks around it.
    @inline(__always)
    init(part start: UnsafePointer<UInt8>, _ length: Int) {
        bytes = start
        count = length
    }

    @inline(__always)
    subscript(index: Int) -> UInt8 { bytes[index] }

    /// Whether an ASCII digit is among the bytes.
    @inline(__always)
    var hasDigit: Bool {
        for index in 0..<count where bytes[index] &- 48 < 10 { return true }
        return false
    }

    /// The text for people: at most `limit` bytes, cut between characters.
    func excerpt(_ limit: Int) -> String {
        guard count > limit else { return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self) }
        var end = limit
        while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return String(decoding: UnsafeBufferPointer(start: bytes, count: end), as: UTF8.self) + "…"
    }

    /// The length of the blank that begins at a pointer, in bytes; 0 where there is none.
    @inline(__always)
    static func blank(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
        switch bytes[0] {
        case 0x20, 0x09, 0x0A, 0x0D: return 1
        case 0xC2: return count >= 2 && bytes[1] == 0xA0 ? 2 : 0
        // Thin, figure and narrow no-break space; ideographic space.
        case 0xE2:
            return count >= 3 && bytes[1] == 0x80 && (0x87...0x8A).contains(bytes[2]) || count >= 3 && bytes[1] == 0x80 && bytes[2] == 0xAF ? 3 : 0
        case 0xE3: return count >= 3 && bytes[1] == 0x80 && bytes[2] == 0x80 ? 3 : 0
        default: return 0
        }
    }
}
