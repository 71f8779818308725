public import Kernel
import NotificationRules

/// What an incoming webhook of Slack's kind receives: `{"text": …}` in mrkdwn. Nothing that somebody named a metric or a business can call anybody or
/// become a link.
public enum SlackBody {
    /// Longer texts are cut, in characters; Slack itself cuts at 40,000.
    static let longest = 8000

    public static func bytes(_ notice: Notice) throws(AppError) -> [UInt8] {
        var text = "\(mark(notice)) *\(escape(notice.title))*"
        if !notice.text.isEmpty { text += "\n\(escape(notice.text))" }
        for fact in notice.facts { text += "\n• \(escape(fact.name)): \(escape(fact.value))" }
        if text.count > longest { text = text.prefix(longest - 1) + "…" }
        // Programs that speak this form and look for names and links themselves are told not to.
        return try JSON.encode(["text": .string(text), "link_names": false, "unfurl_links": false, "unfurl_media": false] as JSONValue)
    }

    private static func mark(_ notice: Notice) -> String {
        if notice.type == "alert.resolved" { return ":white_check_mark:" }
        return switch notice.severity {
        case .info: ":information_source:"
        case .warning: ":warning:"
        case .critical: ":rotating_light:"
        }
    }

    /// `&`, `<` and `>` are the three characters that mean something (Slack, "Formatting text for app surfaces"): with them go `<!channel>`, `<@U…>` and
    /// links. Mattermost also looks for `@channel` in plain text, so an `@` is followed by a joiner that nobody sees.
    static func escape(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "@": result += "@\u{2060}"
            case "\u{0}"..."\u{8}", "\u{B}"..."\u{1F}", "\u{7F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": result += " "
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
