import HandlerKit
import NotificationDelivery
import NotificationRules

/// `POST /system/notifications/send`: tells the members of the tenant, or one of them, something in the app, and channels where they are named.
enum SendRoute {
    static let route = Route.post(
        "/system/notifications/send", access: .bearer("notifications:write"), summary: "Tell members something", status: 202
    ) { (input: SendInput, invocation: Invocation) async throws -> SendAnswer in
        let id = invocation.makeID()
        let now = invocation.time.now()
        let type = input.type ?? "message"
        let title = input.title ?? String(input.message.prefix { !$0.isNewline }.prefix(100))
        let severity = input.severity ?? .info
        let notice = Notice(type: type, severity: severity, title: title, text: input.message, data: input.data ?? [:], occurredAt: now)
        let key = NoticeKey("message", id: id).description
        let ids = Array(Set(input.channelIDs ?? []))
        let line = invocation.audit("notification.sent", target: ("notification", id), details: ["channels": .integer(Int64(ids.count))])
        let messages = ids.map { (invocation.makeID(), $0) }
        try await invocation.database.interactive { transaction in
            if let user = input.userID {
                guard try await !transaction.rows(ChannelsSQL.members, .uuids([user])).isEmpty else {
                    throw AppError.invalid("user_id", "expected the id of a member of the tenant")
                }
            }
            let channels = try await transaction.rows(ChannelsSQL.holdAll, .uuids(ids))
            guard channels.count == ids.count else { throw AppError.invalid("channel_ids", "expected ids of the tenant's channels") }
            var calls = [
                Call(
                    InboxSQL.insert,
                    [
                        .uuid(id), .optional(input.userID, Bind.uuid), .text(type), .text(severity.rawValue), .text(title), .text(input.message),
                        .json(try JSON.encode(notice.data)), .text(key),
                    ]),
                line,
            ]
            for (message, channel) in messages { calls.append(Call(OutboxSQL.insert, try OutboxSQL.binds(message, channel, key, notice, due: now))) }
            if !messages.isEmpty { calls.append(Call(OutboxSQL.deliver, [.uuid(invocation.makeID()), .timestamp(now)])) }
            _ = try await transaction.batch(calls)
            if !messages.isEmpty { invocation.jobs.announce() }
        }
        return SendAnswer(id: id, channels: ids.count)
    }
}

struct SendInput: Decodable, Sendable, Validated {
    /// `message`, unless given.
    let type: String?
    /// The message's first line, unless given.
    let title: String?
    let message: String
    let severity: Severity?
    /// One member; without it every one.
    let userID: UUID?
    let channelIDs: [UUID]?
    /// An object for programs.
    let data: JSONValue?

    enum CodingKeys: String, CodingKey {
        case type, title, message, severity, data
        case userID = "user_id"
        case channelIDs = "channel_ids"
    }

    func validate(_ issues: inout [AppError.Issue]) {
        issues.require(type.map(MessageType.isOne) ?? true, "type", MessageType.expected)
        issues.requireLength(title, "title", 1...300)
        issues.requireLength(message, "message", 1...4000)
        issues.require(![title ?? "", message].contains { $0.utf8.contains(0) }, "message", "expected no NUL character")
        issues.require((channelIDs?.count ?? 0) <= 20, "channel_ids", "expected at most 20 ids")
        issues.require(
            data.map { $0.isNull || $0.object != nil && $0.description.utf8.count <= 16_384 } ?? true, "data",
            "expected an object of at most 16384 bytes")
    }
}

struct SendAnswer: Codable, Sendable {
    let id: UUID
    let channels: Int
}
