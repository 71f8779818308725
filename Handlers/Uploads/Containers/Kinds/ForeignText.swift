/// Texts that are no table, and bytes that are no text.
enum ForeignText {
    /// What the file is called; nil where it may be a table.
    static func match(_ head: [UInt8]) -> String? {
        let start = TextShape.start(head)
        for (opening, what) in openings where TextShape.begins(head, at: start, with: opening) { return what }
        if TextShape.begins(head, at: start, with: "<?xml") {
            return TextShape.contains(head, "urn:schemas-microsoft-com:office:spreadsheet")
                ? "an XML Spreadsheet of Excel 2003; save it as XLSX" : "an XML document"
        }
        return isBinary(head) ? "binary data" : nil
    }

    private static let openings: [(String, String)] = [
        ("<!doctype html", "an HTML page; save the table as XLSX or CSV"), ("<html", "an HTML page; save the table as XLSX or CSV"),
        ("<table", "an HTML page; save the table as XLSX or CSV"), ("<!doctype", "an XML document"), ("<svg", "an SVG image"),
        ("mime-version:", "an e-mail or a web archive"),
    ]

    /// Many different control characters, of which a text has one or two at most, as delimiters. Encodings of two bytes a character show them, too, and
    /// then there are many NULs, nearly all of them on one side.
    private static func isBinary(_ head: [UInt8]) -> Bool {
        guard !head.starts(with: [0xFF, 0xFE]), !head.starts(with: [0xFE, 0xFF]), !head.starts(with: [0, 0, 0xFE, 0xFF]) else { return false }
        var controls = 0
        var seen: UInt32 = 0
        var nuls = (even: 0, odd: 0)
        for (index, byte) in head.enumerated() {
            switch byte {
            case 0: if index & 1 == 0 { nuls.even += 1 } else { nuls.odd += 1 }
            case 0x01...0x08, 0x0E...0x1A:
                controls += 1
                seen |= 1 << UInt32(byte)
            default: break
            }
        }
        let isOneSided = max(nuls.even, nuls.odd) > 8 * min(nuls.even, nuls.odd) && (nuls.even + nuls.odd) * 16 > head.count
        return controls * 50 > head.count && seen.nonzeroBitCount >= 6 && !isOneSided
    }
}

/// How a text begins.
enum TextShape {
    /// Where it begins behind a byte order mark and blanks.
    static func start(_ head: [UInt8]) -> Int {
        var at = head.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while at < head.count, [0x20, 0x09, 0x0A, 0x0D].contains(head[at]) { at += 1 }
        return at
    }

    /// Whether a text in lower-case ASCII stands there, in whichever case.
    static func begins(_ head: [UInt8], at: Int, with text: String) -> Bool {
        guard at + text.utf8.count <= head.count else { return false }
        return zip(head[at...], text.utf8).allSatisfy { ($0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0) == $1 }
    }

    static func contains(_ head: [UInt8], _ text: String) -> Bool {
        let pattern = Array(text.utf8)
        return head.indices.contains { head[$0] == pattern[0] && head[$0...].starts(with: pattern) }
    }

    /// Whether it begins as an object with members does, or an array of objects or arrays.
    static func looksLikeJSON(_ head: [UInt8]) -> Bool {
        let first = start(head)
        guard first < head.count, head[first] == UInt8(ascii: "{") || head[first] == UInt8(ascii: "[") else { return false }
        var next = first + 1
        while next < head.count, [0x20, 0x09, 0x0A, 0x0D].contains(head[next]) { next += 1 }
        guard next < head.count else { return false }
        if head[first] == UInt8(ascii: "{") { return isMember(head, next) || head[next] == UInt8(ascii: "}") }
        return head[next] == UInt8(ascii: "{") || head[next] == UInt8(ascii: "[")
    }

    /// A name in quotes with a colon behind it.
    private static func isMember(_ head: [UInt8], _ at: Int) -> Bool {
        guard head[at] == UInt8(ascii: "\"") else { return false }
        guard var end = head[(at + 1)...].firstIndex(of: UInt8(ascii: "\"")) else { return false }
        end += 1
        while end < head.count, [0x20, 0x09, 0x0A, 0x0D].contains(head[end]) { end += 1 }
        return end < head.count && head[end] == UInt8(ascii: ":")
    }
}
