import HandlerKit

/// `GET /dashboard/alerts/{alert_id}/history`: its newest 100 firings, and what happened to it, the newest first.
enum HistoryRoute {
    static let route = Route.get("/dashboard/alerts/{alert_id}/history", access: .bearer("alerts:read"), summary: "What became of an alert") {
        (query: HistoryQuery, invocation: Invocation) async throws -> AlertHistory in
        let limit = query.limit ?? 100
        let found = try await invocation.database.transaction([
            Call(AlertsSQL.find, [.uuid(query.alert)]), Call(AlertsSQL.firings, [.uuid(query.alert)]),
            Call(AlertsSQL.events, [.uuid(query.alert), .uuid(query.before ?? UUID(high: .max, low: .max)), .int32(Int32(limit + 1))]),
        ])
        guard !found[0].isEmpty else { throw AlertRoutes.notFound }
        let events = try found[2].prefix(limit).map { try AlertHistory.Event($0) }
        return AlertHistory(
            firings: try found[1].map { try AlertHistory.Firing($0) }, events: events, next: found[2].count > limit ? events.last?.id : nil)
    }
}

struct HistoryQuery: Decodable, Sendable, Validated {
    let alert: UUID
    let before: UUID?
    let limit: Int?

    enum CodingKeys: String, CodingKey {
        case before, limit
        case alert = "alert_id"
    }

    func validate(_ issues: inout [AppError.Issue]) {
        issues.require((1...500).contains(limit ?? 1), "limit", "expected a whole number from 1 to 500")
    }
}

struct AlertHistory: Codable, Sendable {
    struct Firing: Codable, Sendable {
        let number: Int
        let severity: String
        let firedAt: Timestamp
        @OrNull var resolvedAt: Timestamp?
        @OrNull var acknowledgedAt: Timestamp?
        @OrNull var acknowledgedBy: UUID?
        @OrNull var value: Double?
        let summary: String

        enum CodingKeys: String, CodingKey {
            case number, severity, value, summary
            case firedAt = "fired_at"
            case resolvedAt = "resolved_at"
            case acknowledgedAt = "acknowledged_at"
            case acknowledgedBy = "acknowledged_by"
        }

        init(_ row: Row) throws {
            number = Int(try row.int32(0))
            severity = try row.text(1)
            firedAt = try row.timestamp(2)
            _resolvedAt = OrNull(wrappedValue: try row.optionalTimestamp(3))
            _acknowledgedAt = OrNull(wrappedValue: try row.optionalTimestamp(4))
            _acknowledgedBy = OrNull(wrappedValue: try row.optionalUUID(5))
            _value = OrNull(wrappedValue: try row.optionalFloat8(6))
            summary = try row.text(7)
        }
    }

    struct Event: Codable, Sendable {
        let id: UUID
        let occurredAt: Timestamp
        let kind: String
        @OrNull var firing: Int?
        @OrNull var userID: UUID?
        let details: JSONValue

        enum CodingKeys: String, CodingKey {
            case id, kind, firing, details
            case occurredAt = "occurred_at"
            case userID = "user_id"
        }

        init(_ row: Row) throws {
            id = try row.uuid(0)
            occurredAt = try row.timestamp(1)
            kind = try row.text(2)
            _firing = OrNull(wrappedValue: try row.optionalInt32(3).map(Int.init))
            _userID = OrNull(wrappedValue: try row.optionalUUID(4))
            details = try JSON.read(try row.json(5))
        }
    }

    let firings: [Firing]
    let events: [Event]
    /// What to pass as `before` for the ones before; null behind the first.
    @OrNull var next: UUID?
}
