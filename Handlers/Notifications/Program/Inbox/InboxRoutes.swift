import HandlerKit

/// `/notifications`: what the caller is told in the app, and what of it is read. Each member reads for themselves.
enum InboxRoutes {
    @RoutesBuilder static var routes: [Route] {
        // The newest first; `limit` 1…200, 50 by default, `before` the last id of the page before; `unread` leaves out what was read.
        Route.get("/notifications", access: .bearer("notifications:read"), summary: "Notifications in the app") {
            (query: InboxQuery, invocation: Invocation) async throws -> InboxPage in
            let limit = query.limit ?? 50
            let user = Bind.uuid(invocation.principal.user.uuid)
            let found = try await invocation.database.transaction([
                Call(
                    InboxSQL.list, [user, .uuid(query.before ?? UUID(high: .max, low: .max)), .bool(query.unread ?? false), .int32(Int32(limit + 1))]),
                Call(InboxSQL.unread, [user]),
            ])
            let notifications = try found[0].prefix(limit).map { try InboxPage.Item($0) }
            return InboxPage(
                notifications: notifications, unread: Int(try found[1].first?.int64(0) ?? 0),
                next: found[0].count > limit ? notifications.last?.id : nil)
        }
        Route.post(
            "/notifications/{notification_id}/read", access: .bearer("notifications:read"), summary: "A notification was read", status: 204,
            body: .none
        ) { (path: NotificationPath, invocation: Invocation) async throws -> Response in
            let rows = try await invocation.database.rows(InboxSQL.read, .uuid(invocation.principal.user.uuid), .uuid(path.id))
            guard try rows.first?.int64(0) == 1 else { throw AppError(.notFound, "There is no such notification") }
            return .noContent
        }
        Route.post("/notifications/read", access: .bearer("notifications:read"), summary: "All notifications were read", body: .none) {
            (_: NoInput, invocation: Invocation) async throws -> ReadAnswer in
            ReadAnswer(read: Int(try await invocation.database.rows(InboxSQL.readAll, .uuid(invocation.principal.user.uuid)).affected))
        }
    }
}

struct InboxQuery: Decodable, Sendable, Validated {
    let unread: Bool?
    let before: UUID?
    let limit: Int?

    func validate(_ issues: inout [AppError.Issue]) {
        issues.require((1...200).contains(limit ?? 1), "limit", "expected a whole number from 1 to 200")
    }
}

struct NotificationPath: Decodable, Sendable {
    let id: UUID

    enum CodingKeys: String, CodingKey { case id = "notification_id" }
}

struct InboxPage: Codable, Sendable {
    struct Item: Codable, Sendable {
        let id: UUID
        /// Null: for every member.
        @OrNull var userID: UUID?
        let type: String
        let severity: String
        let title: String
        let message: String
        let data: JSONValue
        let createdAt: Timestamp
        /// When the caller read it.
        @OrNull var readAt: Timestamp?

        enum CodingKeys: String, CodingKey {
            case id, type, severity, title, message, data
            case userID = "user_id"
            case createdAt = "created_at"
            case readAt = "read_at"
        }

        init(_ row: Row) throws {
            id = try row.uuid(0)
            _userID = OrNull(wrappedValue: try row.optionalUUID(1))
            type = try row.text(2)
            severity = try row.text(3)
            title = try row.text(4)
            message = try row.text(5)
            data = try JSON.read(try row.json(6))
            createdAt = try row.timestamp(7)
            _readAt = OrNull(wrappedValue: try row.optionalTimestamp(8))
        }
    }

    let notifications: [Item]
    /// How many the caller has not read, on all pages.
    let unread: Int
    /// What to pass as `before` for the ones before; null behind the first.
    @OrNull var next: UUID?
}

struct ReadAnswer: Codable, Sendable {
    /// How many were new to the caller.
    let read: Int
}
