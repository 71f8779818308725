import HandlerKit

/// `GET /dashboard/news/{business_id}`: what the news say about a business, the newest first.
///
/// Without `from` all of them are there; `to` is the first instant behind the range, or the last day of it. `after` is the last article of the page
/// before. 404 where the tenant has no such business.
enum NewsRoute {
    static let route = Route.get("/dashboard/news/{business_id}", access: .bearer("dashboard:read"), summary: "News of a business, the newest first")
    {
        (query: NewsQuery, invocation: Invocation) async throws -> NewsAnswer in
        let limit = query.limit ?? 50
        let found = try await invocation.database.transaction([
            Call(MetricsSQL.business, [.uuid(query.business)]),
            Call(
                NewsSQL.list,
                [
                    .uuid(query.business), .timestamp(query.from ?? earliest), .timestamp(query.to?.instant ?? Timestamp(microseconds: .max)),
                    .optional(query.language, Bind.text), .optional(query.after, Bind.uuid), .int64(Int64(limit + 1)),
                ]),
        ])
        guard !found[0].isEmpty else { throw AppError(.notFound, "There is no such business") }
        let articles = try found[1].prefix(limit).map { try NewsArticle($0) }
        return NewsAnswer(articles: articles, next: found[1].count > limit ? articles.last?.id : nil)
    }

    private static let earliest = Timestamp(seconds: -62_135_596_800)
}

/// Which news are wanted.
struct NewsQuery: Decodable, Sendable, Validated {
    let business: UUID
    let from: Timestamp?
    let to: RangeEnd?
    /// ISO 639-1.
    let language: String?
    let after: UUID?
    let limit: Int?

    enum CodingKeys: String, CodingKey {
        case from, to, language, after, limit
        case business = "business_id"
    }

    func validate(_ issues: inout [AppError.Issue]) {
        if let from, let to { issues.require(from < to.instant, "to", "expected a time after `from`") }
        issues.require((1...200).contains(limit ?? 1), "limit", "expected a whole number from 1 to 200")
        issues.require(
            language.map { (2...3).contains($0.utf8.count) && $0.utf8.allSatisfy { (97...122).contains($0) } } ?? true, "language",
            "expected a code such as en")
    }
}

struct NewsArticle: Codable, Sendable {
    let id: UUID
    let title: String
    @OrNull var content: String?
    let url: String
    /// Who published it.
    let source: String
    @OrNull var language: String?
    @OrNull var country: String?
    @OrNull var imageURL: String?
    /// From -1 to 1; null until it was read, and for other languages than English.
    @OrNull var sentiment: Double?
    /// `neg`, `neu` or `pos`.
    @OrNull var sentimentLabel: String?
    /// What it names, in the order of the text; null until it was read.
    @OrNull var entities: [NewsEntity]?
    /// What it is about, the largest share first; null until it was read.
    @OrNull var topics: [NewsTopic]?
    @OrNull var scoredAt: Timestamp?
    let publishedAt: Timestamp
    /// Which source has brought it; null once that is removed.
    @OrNull var sourceID: UUID?

    enum CodingKeys: String, CodingKey {
        case id, title, content, url, source, language, country, sentiment, entities, topics
        case sentimentLabel = "sentiment_label"
        case scoredAt = "scored_at"
        case imageURL = "image_url"
        case publishedAt = "published_at"
        case sourceID = "source_id"
    }

    init(_ row: Row) throws {
        id = try row.uuid(0)
        title = try row.text(1)
        content = try row.optionalText(2)
        url = try row.text(3)
        source = try row.text(4)
        language = try row.optionalText(5)
        country = try row.optionalText(6)
        imageURL = try row.optionalText(7)
        sentiment = try row.optionalFloat8(8)
        publishedAt = try row.timestamp(9)
        sourceID = try row.optionalUUID(10)
        sentimentLabel = try row.optionalText(11)
        entities = try row.optionalJSON(12).map { try JSON.decode([NewsEntity].self, from: try JSON.read($0)) }
        topics = try row.optionalJSON(13).map { try JSON.decode([NewsTopic].self, from: try JSON.read($0)) }
        scoredAt = try row.optionalTimestamp(14)
    }
}

struct NewsAnswer: Codable, Sendable {
    let articles: [NewsArticle]
    /// What to pass as `after` for the next ones; null behind the last.
    @OrNull var next: UUID?
}
