import HandlerKit

/// A source as its owner sees it. Credentials are never among it.
struct SourceRecord: Encodable, Sendable {
    let id: UUID
    let businessID: UUID
    let name: String
    let type: String
    let config: JSONValue
    let hasCredentials: Bool
    /// `active` or `paused`.
    let status: String
    /// Seconds between runs; null: it follows a timer, or runs when asked alone.
    @OrNull var interval: Int?
    /// The timer that it follows: `scrape_news`, `fetch_weather` or `fetch_rates`.
    @OrNull var timer: String?
    /// Null where it follows a timer and nothing is to be tried again before that.
    @OrNull var nextRunAt: Timestamp?
    /// Runs in a row that brought nothing.
    let failures: Int
    @OrNull var lastRun: LastRun?
    let createdAt: Timestamp
    let updatedAt: Timestamp
    /// Where other systems push to; of webhooks alone.
    var pushURL: String?
    /// What they sign with: in the answer that makes it, and never again.
    var secret: String?

    struct LastRun: Codable, Sendable {
        let id: UUID
        let status: String
        let startedAt: Timestamp
        @OrNull var finishedAt: Timestamp?
        @OrNull var error: JSONValue?

        enum CodingKeys: String, CodingKey {
            case id, status, error
            case startedAt = "started_at"
            case finishedAt = "finished_at"
        }
    }

    enum CodingKeys: String, CodingKey {
        case id, name, type, config, status, timer, failures, secret
        case businessID = "business_id"
        case hasCredentials = "has_credentials"
        case interval = "interval_seconds"
        case nextRunAt = "next_run_at"
        case lastRun = "last_run"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
        case pushURL = "push_url"
    }

    /// Of a row of ``SourcesSQL``.
    init(_ row: Row, at publicURL: String) throws {
        id = try row.uuid(0)
        businessID = try row.uuid(1)
        name = try row.text(2)
        type = try row.text(3)
        config = try JSON.read(try row.json(4))
        hasCredentials = try row.bool(5)
        status = try row.text(6)
        interval = try row.optionalInt32(7).map { Int($0) }
        nextRunAt = try row.optionalTimestamp(8)
        timer = try row.optionalText(17)
        failures = Int(try row.int32(9))
        createdAt = try row.timestamp(10)
        updatedAt = try row.timestamp(11)
        if !row.isNull(12) {
            lastRun = LastRun(
                id: try row.uuid(12), status: try row.text(13), startedAt: try row.timestamp(14), finishedAt: try row.optionalTimestamp(15),
                error: try row.optionalJSON(16).map { try JSON.read($0) })
        } else {
            lastRun = nil
        }
        if type == "webhook" { pushURL = "\(publicURL)/api/v1/data/sources/\(id)/push" }
    }
}

struct SourceList: Encodable, Sendable {
    let sources: [SourceRecord]
}
