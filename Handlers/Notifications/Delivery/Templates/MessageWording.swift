public import Kernel

/// A channel's own words: templates for a message's title and text. What has none keeps the product's words.
public struct MessageWording: Codable, Sendable, Hashable, Validated {
    /// See ``MessageTemplate``; knows `type`, `severity`, `title`, `text`, `occurred_at`, `facts` (`name`, `value`) and `data`.
    public var title: String?
    public var text: String?

    public init(title: String? = nil, text: String? = nil) { (self.title, self.text) = (title, text) }

    public func validate(_ issues: inout [AppError.Issue]) {
        for (field, source) in [("title", title), ("text", text)] {
            guard let source else { continue }
            do throws(AppError) { _ = try MessageTemplate(source, field: field) } catch { issues += error.issues }
        }
    }

    /// The notice in these words. A template that cannot be read any more leaves the product's words.
    public func worded(_ notice: Notice) -> Notice {
        var worded = notice
        let variables = notice.variables
        if let title, let template = try? MessageTemplate(title) {
            // A title is one line.
            worded.title = String(template.render(variables).map { $0.isNewline ? " " : $0 }.prefix(300))
        }
        if let text, let template = try? MessageTemplate(text) {
            worded.text = template.render(variables)
            worded.facts = []
        }
        return worded
    }
}
