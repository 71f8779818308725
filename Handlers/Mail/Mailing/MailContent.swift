/// What a mail says, once for both of its forms.
struct MailContent: Sendable {
    /// A paragraph, written as a text, or more than that.
    enum Block: Sendable, ExpressibleByStringInterpolation {
        case text(String)
        /// The one thing to do: a link of our own, with words for a button.
        case link(words: String, url: String)
        /// Names and values, one a line.
        case facts([(name: String, value: String)])

        init(stringLiteral value: String) { self = .text(value) }
    }

    let subject: String
    var blocks: [Block]

    /// Plain text, lines ended by `\n`.
    var text: String {
        blocks.map { block in
            switch block {
            case .text(let text): text
            case .link(let words, let url): "\(words):\n\(url)"
            case .facts(let facts): facts.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
            }
        }.joined(separator: "\n\n") + "\n"
    }

    /// HTML without styles from elsewhere, pictures or scripts; every value escaped.
    var html: String {
        let body = blocks.map { block in
            switch block {
            case .text(let text): "<p>\(Self.escape(text))</p>"
            case .link(let words, let url):
                "<p><a href=\"\(Self.escape(url))\" \(Self.button)>\(Self.escape(words))</a></p>\n<p>\(Self.escape(url))</p>"
            case .facts(let facts):
                "<table>\n\(facts.map { "<tr><td>\(Self.escape($0.name))</td><td>\(Self.escape($0.value))</td></tr>" }.joined(separator: "\n"))\n</table>"
            }
        }.joined(separator: "\n")
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><title>\(Self.escape(subject))</title></head>
            <body style="font-family: sans-serif; line-height: 1.5; max-width: 36em; margin: 2em auto; padding: 0 1em">
            \(body)
            </body>
            </html>

            """
    }

    private static let button = #"style="background: #1f5fbf; color: #fff; padding: .6em 1em; border-radius: .3em; text-decoration: none""#

    /// For text and for values in double quotes.
    static func escape(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
