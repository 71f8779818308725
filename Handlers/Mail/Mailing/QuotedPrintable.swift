/// Text of any length and alphabet in lines of at most 76 printable ASCII characters (RFC 2045 section 6.7).
enum QuotedPrintable {
    private static let width = 76
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// From text with `\n` to lines with CRLF, the last one ended too.
    static func encode(_ text: String) -> String {
        var result: [UInt8] = []
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        for line in lines {
            var column = 0
            let bytes = Array(line.utf8)
            for (index, byte) in bytes.enumerated() {
                let isLast = index == bytes.count - 1
                let unit = encode(byte, atStart: column == 0, atEnd: isLast)
                // The mark of a soft break needs the last column.
                if column + unit.count > (isLast ? width : width - 1) {
                    result += Array("=\r\n".utf8)
                    column = 0
                }
                result += unit
                column += unit.count
            }
            result += [13, 10]
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Blanks at a line's end are encoded, and so is a dot, which SMTP would double at a line's beginning.
    private static func encode(_ byte: UInt8, atStart: Bool, atEnd: Bool) -> [UInt8] {
        switch byte {
        case UInt8(ascii: " ") where !atEnd: [byte]
        case UInt8(ascii: "."): atStart ? escape(byte) : [byte]
        case UInt8(ascii: "="): escape(byte)
        case 0x21...0x7E: [byte]
        default: escape(byte)
        }
    }

    private static func escape(_ byte: UInt8) -> [UInt8] { [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
}
