import Addresses
import HandlerKit
import NotificationDelivery
import NotificationRules

/// `/notifications/channels`: where messages go beside the app. Admins' affair: who may make one sends the tenant's figures elsewhere.
struct ChannelRoutes: Sendable {
    let parts: Result<Parts, AppError>

    @RoutesBuilder var routes: [Route] {
        Route.get("/notifications/channels", access: .bearer("notifications:write"), summary: "Channels of the tenant") {
            (_: NoInput, invocation: Invocation) async throws -> ChannelList in
            ChannelList(channels: try await invocation.database.rows(ChannelsSQL.list).map { ChannelAnswer(try ChannelRecord($0)) })
        }
        Route.post("/notifications/channels", access: .bearer("notifications:write"), summary: "Make a channel", status: 201) {
            (input: ChannelInput, invocation: Invocation) async throws -> Response in
            let id = invocation.makeID()
            var shown: String?
            var secret: ChannelSecret?
            if input.type != .email {
                guard let url = input.url else { throw AppError.invalid("url", "required but for mail") }
                secret = ChannelSecret(url: try checked(url).text, secrets: [])
                if input.type == .webhook {
                    let fresh = WebhookSecret()
                    secret?.rotate(fresh, at: invocation.time.now())
                    shown = fresh.text
                }
            }
            let binds = try binds(id, input, secret, invocation)
            let line = invocation.audit("channel.created", target: ("channel", id), details: Self.details(input))
            let channel = try await invocation.database.interactive { transaction in
                try await check(input, transaction, at: invocation.time.now())
                guard try await !transaction.batch([Call(ChannelsSQL.insert, binds)])[0].isEmpty else {
                    throw AppError(.conflict, "A tenant has at most 50 channels")
                }
                return try Self.one(try await transaction.batch([line, Call(ChannelsSQL.hold, [.uuid(id)])])[1])
            }
            return try Self.secret(ChannelAnswer(channel, secret: shown), status: 201)
        }
        Route.put("/notifications/channels/{channel_id}", access: .bearer("notifications:write"), summary: "Replace a channel") {
            (input: ChannelChange, invocation: Invocation) async throws -> ChannelAnswer in
            let line = invocation.audit("channel.changed", target: ("channel", input.id), details: Self.details(input))
            let address = try input.url.map { url throws(AppError) in try checked(url) }
            return try await invocation.database.interactive { transaction in
                let old = try Self.one(try await transaction.rows(ChannelsSQL.hold, .uuid(input.id)))
                guard old.type == input.type else { throw AppError.invalid("type", "expected \(old.type.rawValue): a channel's type stays") }
                try await check(input, transaction, at: invocation.time.now())
                var secret = try old.secret.map { try Self.open($0, old.id, invocation) }
                if let address { secret?.url = address.text }
                let binds = try binds(input.id, input, secret, invocation)
                let rows = try await transaction.batch([Call(ChannelsSQL.update, binds), line, Call(ChannelsSQL.hold, [.uuid(input.id)])])
                return ChannelAnswer(try Self.one(rows[2]))
            }
        }
        // Not one that alerts name: they would be told of to nobody.
        Route.delete("/notifications/channels/{channel_id}", access: .bearer("notifications:write"), summary: "Delete a channel", status: 204) {
            (path: ChannelPath, invocation: Invocation) async throws -> Response in
            let line = invocation.audit("channel.deleted", target: ("channel", path.id))
            try await invocation.database.interactive { transaction in
                _ = try Self.one(try await transaction.rows(ChannelsSQL.hold, .uuid(path.id)))
                let alerts = try await transaction.rows(ChannelsSQL.alerts, .uuid(path.id)).map { "\"\(try $0.text(0))\"" }
                guard alerts.isEmpty else {
                    let named = alerts.prefix(3).joined(separator: ", ") + (alerts.count > 3 ? " and others" : "")
                    throw AppError(.conflict, "Alerts name this channel (\(named)); take it out of them first")
                }
                _ = try await transaction.batch([Call(ChannelsSQL.delete, [.uuid(path.id)]), line])
            }
            return .noContent
        }
        // The secret before signs, too, for a day.
        Route.post(
            "/notifications/channels/{channel_id}/rotate-secret", access: .bearer("notifications:write"), summary: "A new secret for a webhook",
            body: .none
        ) { (path: ChannelPath, invocation: Invocation) async throws -> Response in
            let line = invocation.audit("channel.secret_rotated", target: ("channel", path.id))
            let fresh = WebhookSecret()
            let channel = try await invocation.database.interactive { transaction in
                let old = try Self.one(try await transaction.rows(ChannelsSQL.hold, .uuid(path.id)))
                guard old.type == .webhook, let sealed = old.secret else { throw AppError(.conflict, "Only webhooks are signed") }
                var secret = try Self.open(sealed, old.id, invocation)
                secret.rotate(fresh, at: invocation.time.now())
                let resealed = try invocation.seal(try JSON.encode(secret), for: ChannelSecret.purpose(old.id))
                _ = try await transaction.batch([Call(ChannelsSQL.reseal, [.uuid(old.id), .bytes(resealed)]), line])
                return old
            }
            return try Self.secret(ChannelAnswer(channel, secret: fresh.text), status: 200)
        }
        // One message that says that it is a test.
        Route.post(
            "/notifications/channels/{channel_id}/test", access: .bearer("notifications:write"), summary: "Send a test", status: 202, body: .none
        ) { (path: ChannelPath, invocation: Invocation) async throws -> ChannelAnswer in
            let now = invocation.time.now()
            let notice = Notice(
                type: "channel.test", severity: .critical, title: "This is a test", text: "Messages of this kind arrive here.", occurredAt: now)
            let id = invocation.makeID()
            return try await invocation.database.interactive { transaction in
                let channel = try Self.one(try await transaction.rows(ChannelsSQL.hold, .uuid(path.id)))
                guard channel.isEnabled else { throw AppError(.conflict, "The channel is switched off") }
                _ = try await transaction.batch([
                    Call(OutboxSQL.insert, try OutboxSQL.binds(id, channel.id, NoticeKey("test", id: id).description, notice, due: now)),
                    Call(OutboxSQL.deliver, [.uuid(invocation.makeID()), .timestamp(now)]),
                ])
                invocation.jobs.announce()
                return ChannelAnswer(channel)
            }
        }
    }

    static let notFound = AppError(.notFound, "There is no such channel")

    static func one(_ rows: Rows) throws -> ChannelRecord {
        guard let row = rows.first else { throw notFound }
        return try ChannelRecord(row)
    }

    private func checked(_ url: String) throws(AppError) -> WebAddress {
        let address = try WebAddress(url)
        try parts.get().rules.check(address)
        return address
    }

    /// That the members are members and the zone is one.
    private func check(_ input: some ChannelFields, _ transaction: Transaction, at now: Timestamp) async throws {
        let people = Array(Set(input.userIDs ?? []))
        let found = try await transaction.batch([
            Call(ChannelsSQL.members, [.uuids(people)]),
            Call(ChannelsSQL.zone, [.optional(input.timeZone, Bind.text), .timestamp(now), .timestamp(now)]),
        ])
        guard found[0].count == people.count else { throw AppError.invalid("user_ids", "expected ids of members of the tenant") }
        guard !found[1].isEmpty else { throw AppError.invalid("time_zone", "expected the name of a zone such as Europe/Berlin") }
    }

    private func binds(_ id: UUID, _ input: some ChannelFields, _ secret: ChannelSecret?, _ invocation: Invocation) throws(AppError) -> [Bind] {
        var config = ChannelConfig(userIDs: input.userIDs)
        if let secret { config.origin = try WebAddress(secret.url).origin }
        let sealed = try secret.map { secret throws(AppError) in try invocation.seal(try JSON.encode(secret), for: ChannelSecret.purpose(id)) }
        let quiet = try input.quietHours.map { hours throws(AppError) in try JSON.encode(hours) }
        return [
            .uuid(id), .text(input.name), .text(input.type.rawValue), .json(try JSON.encode(config)), .optional(sealed, Bind.bytes),
            .json(try JSON.encode(input.wording ?? MessageWording())), .text((input.leastSeverity ?? .info).rawValue),
            .int32(Int32(input.digestSeconds ?? 0)), .int32(Int32(input.hourly)), .optional(quiet, Bind.json),
            .optional(input.timeZone, Bind.text), .bool(input.onlyNamed ?? false), .bool(input.enabled ?? true),
        ]
    }

    static func open(_ sealed: [UInt8], _ channel: UUID, _ invocation: Invocation) throws(AppError) -> ChannelSecret {
        try JSON.decode(ChannelSecret.self, from: try JSON.read(try invocation.open(sealed, for: ChannelSecret.purpose(channel))))
    }

    /// An answer that is kept nowhere.
    private static func secret(_ answer: ChannelAnswer, status: Int) throws -> Response {
        var response = try Response.json(answer, status: status)
        response.isSecret = true
        return response
    }

    private static func details(_ input: some ChannelFields) -> JSONValue {
        ["name": .string(input.name), "type": .string(input.type.rawValue), "enabled": .bool(input.enabled ?? true)]
    }
}
