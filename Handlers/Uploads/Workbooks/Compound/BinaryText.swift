import Glibc

/// Texts of the older workbooks.
struct BinaryText: Sendable {
    /// Whether strings are UTF-16 or its low half ([MS-XLS] section 2.5.293), as from Excel 97 on; else bytes of a code page.
    let isUnicode: Bool
    /// The code page of the others.
    var codePage = 1252

    /// A string with its length of 1 or 2 bytes at a place of a record; nil where it passes the end.
    func string(_ bytes: [UInt8], _ at: Int, lengthBytes: Int, end: Int) -> [UInt8]? {
        let length = lengthBytes == 1 ? (at < bytes.count ? Int(bytes[at]) : 0) : bytes.u16(at)
        var start = at + lengthBytes
        guard isUnicode else {
            guard start + length <= end else { return nil }
            return decode(bytes[start..<start + length])
        }
        guard start < end else { return length == 0 ? [] : nil }
        let flags = bytes[start]
        start += 1
        if flags & 8 != 0 { start += 2 }
        if flags & 4 != 0 { start += 4 }
        let width = flags & 1 == 0 ? 1 : 2
        guard start + length * width <= end else { return nil }
        var units: [UInt16] = []
        units.reserveCapacity(length)
        for index in 0..<length { units.append(width == 1 ? UInt16(bytes[start + index]) : UInt16(bytes.u16(start + 2 * index))) }
        return Self.utf8(units)
    }

    static func utf8(_ units: [UInt16]) -> [UInt8] { Array(String(decoding: units, as: UTF16.self).utf8) }

    /// Bytes of the code page; what it does not hold becomes U+FFFD.
    private func decode(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        if bytes.allSatisfy({ $0 < 0x80 }) { return Array(bytes) }
        let name =
            switch codePage {
            case 10000: "MACINTOSH"
            case 1200, 0, 32769: "CP1252"
            default: "CP\(codePage)"
            }
        return Self.convert(Array(bytes), from: name) ?? Self.convert(Array(bytes), from: "CP1252")
            ?? Array(String(decoding: bytes, as: UTF8.self).utf8)
    }

    private static func convert(_ bytes: [UInt8], from name: String) -> [UInt8]? {
        let converter = iconv_open("UTF-8", name)
        guard converter != iconv_t(bitPattern: -1) else { return nil }
        defer { iconv_close(converter) }
        var input = bytes.map { CChar(bitPattern: $0) }
        var output = [CChar](repeating: 0, count: bytes.count * 4 + 16)
        let written: Int? = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                var from = source.baseAddress
                var left = source.count
                var to = target.baseAddress
                var room = target.count
                return iconv(converter, &from, &left, &to, &room) == -1 ? nil : target.count - room
            }
        }
        return written.map { output[..<$0].map { UInt8(bitPattern: $0) } }
    }
}
