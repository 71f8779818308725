public import Kernel

/// An article of the news, cleaned.
public struct Article: Sendable, Hashable {
    public var title: String
    public var content: String?
    public var url: String
    /// Who published it: a host without `www.`.
    public var source: String
    /// ISO 639-1, where it is known.
    public var language: String?
    public var country: String?
    public var imageURL: String?
    public var publishedAt: Timestamp

    /// An article whose texts are cleaned here. Nil where it has no title or no URL of the web.
    public init?(
        title: String, url: String, publishedAt: Timestamp, content: String? = nil, source: String? = nil, language: String? = nil,
        country: String? = nil, imageURL: String? = nil
    ) {
        let title = CleanedText.clean(title, limit: 1000)
        guard !title.isEmpty, let key = ArticleURL(url) else { return nil }
        self.title = title
        self.url = url.trimmedASCII
        self.publishedAt = publishedAt
        self.content = content.map { CleanedText.clean($0, limit: 100_000) }.flatMap { $0.isEmpty ? nil : $0 }
        self.source = source.map { CleanedText.clean($0, limit: 253) }.flatMap { $0.isEmpty ? nil : ArticleURL.plainHost($0) } ?? key.host
        self.language = language.flatMap(LanguageNames.code)
        self.country = country.map { CleanedText.clean($0, limit: 100) }.flatMap { $0.isEmpty ? nil : $0 }
        self.imageURL = imageURL.flatMap { ArticleURL($0) == nil ? nil : $0 }
    }

    /// The same for the same page, however its address is written.
    public var urlKey: String { ArticleURL(url)?.normalized ?? url }

    /// The same for the same headline, whoever prints it.
    public var titleKey: String { TitleKey(title, source: source).normalized }
}

extension String {
    /// Without blanks and line ends around it.
    var trimmedASCII: String {
        let blank: (Character) -> Bool = { $0.isWhitespace }
        guard let first = firstIndex(where: { !blank($0) }), let last = lastIndex(where: { !blank($0) }) else { return "" }
        return String(self[first...last])
    }
}
