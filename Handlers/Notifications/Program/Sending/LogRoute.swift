import HandlerKit

/// `GET /notifications/deliveries`: the delivery log, the newest try first.
enum LogRoute {
    static let route = Route.get(
        "/notifications/deliveries", access: .bearer("notifications:write"), summary: "Every try to deliver, and its outcome"
    ) {
        (query: LogQuery, invocation: Invocation) async throws -> LogPage in
        let limit = query.limit ?? 100
        let rows = try await invocation.database.rows(
            OutboxSQL.log, .optional(query.channel, Bind.uuid), .uuid(query.before ?? UUID(high: .max, low: .max)), .int32(Int32(limit + 1)))
        let deliveries = try rows.prefix(limit).map { try LogPage.Delivery($0) }
        return LogPage(deliveries: deliveries, next: rows.count > limit ? deliveries.last?.id : nil)
    }
}

struct LogQuery: Decodable, Sendable, Validated {
    let channel: UUID?
    let before: UUID?
    let limit: Int?

    enum CodingKeys: String, CodingKey {
        case before, limit
        case channel = "channel_id"
    }

    func validate(_ issues: inout [AppError.Issue]) {
        issues.require((1...500).contains(limit ?? 1), "limit", "expected a whole number from 1 to 500")
    }
}

struct LogPage: Codable, Sendable {
    struct Delivery: Codable, Sendable {
        let id: UUID
        let channelID: UUID
        /// The receiver knows it as `webhook-id`.
        let messageID: UUID
        /// How many went as one.
        let messages: Int
        let attempt: Int
        let occurredAt: Timestamp
        /// `delivered`, `again` (it is tried again), `failed`.
        let outcome: String
        @OrNull var status: Int?
        @OrNull var reason: String?
        let milliseconds: Int

        enum CodingKeys: String, CodingKey {
            case id, messages, attempt, outcome, status, reason, milliseconds
            case channelID = "channel_id"
            case messageID = "message_id"
            case occurredAt = "occurred_at"
        }

        init(_ row: Row) throws {
            id = try row.uuid(0)
            channelID = try row.uuid(1)
            messageID = try row.uuid(2)
            messages = Int(try row.int32(3))
            attempt = Int(try row.int32(4))
            occurredAt = try row.timestamp(5)
            outcome = try row.text(6)
            _status = OrNull(wrappedValue: try row.optionalInt32(7).map(Int.init))
            _reason = OrNull(wrappedValue: try row.optionalText(8))
            milliseconds = Int(try row.int32(9))
        }
    }

    let deliveries: [Delivery]
    /// What to pass as `before` for the ones before; null behind the first.
    @OrNull var next: UUID?
}
