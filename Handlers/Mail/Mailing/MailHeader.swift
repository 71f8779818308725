import Tokens

/// Values of headers: plain where that is possible, else encoded words (RFC 2047), folded at 76 columns.
enum MailHeader {
    private static let width = 76

    /// Unstructured text behind a name of `indent` columns.
    static func text(_ text: String, indent: Int) -> String {
        let text = CleanText.line(text, most: 500)
        // `=?` would be read as an encoded word where it is none.
        guard text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }), !text.contains("=?"), text.first != " ", text.last != " " else {
            return encodedWords(text, indent: indent)
        }
        return fold(text, indent: indent) ?? encodedWords(text, indent: indent)
    }

    /// An address, with its name in front where it has one.
    static func mailbox(_ mailbox: Mailbox, indent: Int) -> String {
        let name = CleanText.line(mailbox.name, most: 100)
        if name.isEmpty { return mailbox.address }
        let quotable = name.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !name.contains("=?") && name.utf8.count + indent < width - 2
        guard quotable else { return "\(encodedWords(name, indent: indent))\r\n <\(mailbox.address)>" }
        let quoted = name.reduce(into: "") { result, character in
            if character == "\"" || character == "\\" { result.append("\\") }
            result.append(character)
        }
        return "\"\(quoted)\"\r\n <\(mailbox.address)>"
    }

    /// Breaks lines in front of blanks; nil where a word is too long for a line.
    private static func fold(_ text: String, indent: Int) -> String? {
        var result = ""
        var column = indent
        for (index, word) in text.split(separator: " ", omittingEmptySubsequences: false).enumerated() {
            let count = word.utf8.count + 1
            if index > 0, word.isEmpty { return nil }
            if index > 0, column + count > width {
                result += "\r\n "
                column = 1
            } else if index > 0 {
                result += " "
            }
            guard column + count <= width else { return nil }
            result += word
            column += count
        }
        return result
    }

    /// UTF-8 in base 64, whole characters in each word, a word a line.
    private static func encodedWords(_ text: String, indent: Int) -> String {
        let overhead = "=?utf-8?B??=".utf8.count
        var words: [String] = []
        var part: [UInt8] = []
        var room = (width - max(indent, 1) - overhead) / 4 * 3
        for scalar in text.unicodeScalars {
            let bytes = Array(UTF8.encode(scalar)!)
            if part.count + bytes.count > room {
                words.append(word(part))
                part = []
                room = (width - 1 - overhead) / 4 * 3
            }
            part += bytes
        }
        if !part.isEmpty || words.isEmpty { words.append(word(part)) }
        return words.joined(separator: "\r\n ")
    }

    private static func word(_ bytes: [UInt8]) -> String {
        let digits = Base64.standard.encode(bytes)
        return "=?utf-8?B?\(digits)\(String(repeating: "=", count: (4 - digits.utf8.count % 4) % 4))?="
    }
}
