import HandlerKit
import NotificationDelivery
import NotificationRules
import Outbound
import Tokens

/// `deliver`: sends what is due for a tenant. Made in each transaction that writes messages, for when they are due.
///
/// One transaction claims what goes out, with a lease; mail goes to the outbox of mail in that same transaction. Then receivers are called, outside of any
/// transaction, and each outcome is written where no newer try has begun. Who dies in between leaves a claim that ends, and the message goes again under the
/// same id: at least once, and once for whoever keeps ids.
struct DeliverJob: Sendable {
    static let kind: StaticString = "deliver"
    /// Messages of one round.
    static let fresh: Int32 = 1000, tried: Int32 = 40
    /// Seconds for which a claim holds.
    static let lease = 30.0
    /// Whoever has not been called by then is given back: a call ends before its claim does.
    static let latest = Duration.seconds(18)
    /// Receivers that are called at once.
    static let lanes = 8
    /// Rounds of one job; what is left is the next one's.
    static let rounds = 10

    let parts: Result<Parts, AppError>

    var job: Job {
        Job(Self.kind, summary: "Deliver what is due", retry: RetryPolicy(maxAttempts: 20, longestWait: 300)) { (_: NoInput, invocation) in
            guard let tenant = invocation.tenant else { throw AppError(.internalError, detail: "for no tenant") }
            let parts = try parts.get()
            for _ in 0..<Self.rounds {
                try Task.checkCancellation()
                let round = try await claim(Postman(queue: parts.mail, tenant: tenant), invocation)
                if round.found == 0 { break }
                try await send(round.dispatches, Sender(client: parts.client), invocation)
            }
            // What waits yet, or was claimed by somebody who has died since, is the next job's.
            try await invocation.finish([Call(OutboxSQL.deliverNext, [.uuid(invocation.makeID())])])
            invocation.jobs.announce()
        }
    }

    private struct Round: Sendable {
        var found = 0
        /// By types of messages.
        var templates: [String: MessageWording] = [:]
        var dispatches: [Dispatch] = []
    }

    private func claim(_ postman: Postman, _ invocation: JobInvocation) async throws -> Round {
        let now = invocation.time.now()
        return try await invocation.database.interactive { transaction in
            let found = try await transaction.batch([
                Call(OutboxSQL.due, [.int32(Self.fresh)]), Call(OutboxSQL.dueAgain, [.int32(Self.tried)]),
            ])
            let messages = try found.flatMap { rows in try rows.map { try WaitingMessage($0) } }
            var round = Round()
            round.found = messages.count
            guard !messages.isEmpty else { return round }
            let channels = try await transaction.rows(ChannelsSQL.holdAll, .uuids(Array(Set(messages.map(\.channel))))).map { try ChannelRecord($0) }
            let people = Array(Set(channels.flatMap { $0.config.userIDs ?? [] }))
            let asked = try await transaction.batch([
                Call(ChannelsSQL.members, [.uuids(people)]), Call(InboxSQL.preferences, [.uuids(people)]), Call(TemplatesSQL.list, []),
            ])
            round.templates = try TemplateRoutes.table(asked[2])
            let members = try Postman.members(asked[0], asked[1])
            let zones = try await zones(channels, members, transaction, at: now)
            var calls: [Call] = []
            for channel in channels {
                let own = messages.filter { $0.channel == channel.id }
                guard channel.isEnabled else {
                    calls.append(Call(OutboxSQL.drop, [.uuids(own.map(\.id)), .text("the channel is switched off")]))
                    continue
                }
                var throttle = channel.throttle
                // What waits for one member is not folded with what is for all.
                for (recipient, group) in Dictionary(grouping: own, by: \.recipient) {
                    let plan = DispatchPlan(group.map(\.waiting), rules(channel, zones), throttle, at: now)
                    throttle = plan.throttle
                    for action in plan.actions {
                        try take(action, group, channel, recipient, &round, &calls) { dispatch, key throws(AppError) in
                            try postman.calls(
                                dispatch, key: key, to: recipient.map { [$0] } ?? channel.config.userIDs ?? [], members,
                                zones: zones.compactMapKeys { $0 }, at: now, makeID: { invocation.makeID() })
                                + [record(dispatch, .delivered, nil, .zero, invocation.makeID())]
                        }
                    }
                }
                calls.append(Call(ChannelsSQL.keepThrottle, [.uuid(channel.id), .json(try JSON.encode(throttle))]))
            }
            _ = try await transaction.batch(calls)
            return round
        }
    }

    private func take(
        _ action: DispatchPlan.Action, _ group: [WaitingMessage], _ channel: ChannelRecord, _ recipient: UUID?, _ round: inout Round,
        _ calls: inout [Call], mail: (Dispatch, String) throws(AppError) -> [Call]
    ) throws(AppError) {
        switch action {
        case .drop(let ids, let reason):
            calls.append(Call(OutboxSQL.drop, [.uuids(ids), .text(reason)]))
        case .wait(let ids, let until):
            calls.append(Call(OutboxSQL.wait, [.uuids(ids), .timestamp(until)]))
        case .send(let ids):
            let chosen = group.filter { ids.contains($0.id) }
            guard let head = chosen.first(where: { $0.id == ids[0] }) else { return }
            let newest = chosen.map(\.notice.occurredAt).max() ?? head.notice.occurredAt
            let notice = NoticeDigest.fold(chosen.map(\.notice), at: newest) ?? head.notice
            let own = channel.wording == MessageWording() ? round.templates[notice.type] : nil
            let dispatch = Dispatch(
                channel: channel, wording: own ?? channel.wording, id: head.id, notice: notice, messages: chosen.count, attempt: head.attempts + 1)
            if chosen.count > 1 { calls.append(Call(OutboxSQL.fold, [.uuids(ids.filter { $0 != head.id }), .uuid(head.id)])) }
            calls.append(Call(OutboxSQL.claim, [.uuid(head.id), .json(try JSON.encode(notice)), .float8(Self.lease), .bool(chosen.count > 1)]))
            if channel.type == .email {
                calls += try mail(dispatch, head.key)
                calls.append(Call(OutboxSQL.end, [.uuid(head.id), .int32(Int32(dispatch.attempt)), .text("delivered"), .null]))
            } else {
                round.dispatches.append(dispatch)
            }
        }
    }

    private func rules(_ channel: ChannelRecord, _ zones: [String?: ZoneOffsets]) -> DispatchPlan.Rules {
        .init(
            digestSeconds: channel.digestSeconds, perHour: channel.perHour, quietHours: channel.quietHours, zone: zones[channel.timeZone] ?? .utc,
            leastSeverity: channel.leastSeverity)
    }

    /// The zones of channels and members that have quiet hours; nil is the tenant's.
    private func zones(
        _ channels: [ChannelRecord], _ members: [UUID: Postman.Member], _ transaction: Transaction, at now: Timestamp
    ) async throws -> [String?: ZoneOffsets] {
        var names: Set<String?> = []
        for channel in channels where channel.quietHours != nil { names.insert(channel.timeZone) }
        for member in members.values where member.preferences.quietHours != nil { names.insert(member.preferences.timeZone ?? member.zoneName) }
        let list = Array(names)
        guard !list.isEmpty else { return [:] }
        let rows = try await transaction.batch(
            list.map {
                Call(ChannelsSQL.zone, [.optional($0, Bind.text), .timestamp(now - .seconds(86_400)), .timestamp(now + .seconds(9 * 86_400))])
            })
        var zones: [String?: ZoneOffsets] = [:]
        for (name, rows) in zip(list, rows) {
            zones[name] = ZoneOffsets(try rows.map { .init(start: try $0.timestamp(0), seconds: Int(try $0.int32(1))) })
        }
        return zones
    }

    private func send(_ dispatches: [Dispatch], _ sender: Sender, _ invocation: JobInvocation) async throws {
        let end = invocation.time.instant().advanced(by: Self.latest)
        try await withThrowingDiscardingTaskGroup { group in
            for lane in 0..<min(Self.lanes, dispatches.count) {
                group.addTask {
                    for index in stride(from: lane, to: dispatches.count, by: Self.lanes) {
                        let dispatch = dispatches[index]
                        if invocation.time.instant() < end {
                            try await call(dispatch, sender, invocation)
                        } else {
                            _ = try await invocation.database.rows(OutboxSQL.release, .uuid(dispatch.id), .int32(Int32(dispatch.attempt)))
                        }
                    }
                }
            }
        }
    }

    private func call(_ dispatch: Dispatch, _ sender: Sender, _ invocation: JobInvocation) async throws {
        let start = invocation.time.instant()
        let result: DeliveryAttempt.Result
        do {
            guard let sealed = dispatch.channel.secret else { throw AppError(.internalError, "the channel has no address") }
            let plain = try invocation.open(sealed, for: ChannelSecret.purpose(dispatch.channel.id))
            let secret = try JSON.decode(ChannelSecret.self, from: try JSON.read(plain))
            result = try await sender.send(dispatch, secret, at: invocation.time.now())
        } catch let error as AppError {
            // Its address cannot be read any more, or is none.
            result = .refused(error.message)
        }
        var random = SecureRandom()
        let next = DeliveryAttempt.next(result, attempt: dispatch.attempt, using: &random)
        try await settle(dispatch, next, result, start.duration(to: invocation.time.instant()), invocation)
    }

    private func settle(
        _ dispatch: Dispatch, _ next: DeliveryAttempt.Next, _ result: DeliveryAttempt.Result, _ took: Duration, _ invocation: JobInvocation
    ) async throws {
        let (id, attempt) = (Bind.uuid(dispatch.id), Bind.int32(Int32(dispatch.attempt)))
        let line = record(dispatch, next, result, took, invocation.makeID())
        // One transaction each, without a connection of its own: others are under way beside it.
        let calls: [Call]
        switch next {
        case .delivered: calls = [Call(OutboxSQL.end, [id, attempt, .text("delivered"), .null]), line]
        case .again(let wait, let reason):
            calls = [Call(OutboxSQL.again, [id, attempt, .float8(Double(wait.milliseconds) / 1000), .text(Self.cut(reason))]), line]
        case .givenUp(let reason, let endsChannel):
            let channel = dispatch.channel.id
            let data = JSONValue.object(["channel_id": .string("\(channel)")])
            let off = Call(
                ChannelsSQL.switchOff,
                [
                    .uuid(channel), .text(Self.cut(reason)), .uuid(invocation.makeID()), .json(Array(data.description.utf8)),
                    .text(NoticeKey("channel_off", id: dispatch.id).description),
                ])
            calls = [Call(OutboxSQL.end, [id, attempt, .text("failed"), .text(Self.cut(reason))]), line] + (endsChannel ? [off] : [])
        }
        _ = try await invocation.database.transaction(calls)
    }

    private func record(
        _ dispatch: Dispatch, _ next: DeliveryAttempt.Next, _ result: DeliveryAttempt.Result?, _ took: Duration, _ id: UUID
    ) -> Call {
        var status: Int32?
        if case .status(let code, _) = result { status = Int32(clamping: code) }
        let outcome: (name: String, reason: String?) =
            switch next {
            case .delivered: ("delivered", nil)
            case .again(_, let reason): ("again", reason)
            case .givenUp(let reason, _): ("failed", reason)
            }
        return Call(
            OutboxSQL.record,
            [
                .uuid(id), .uuid(dispatch.channel.id), .uuid(dispatch.id), .int32(Int32(dispatch.messages)), .int32(Int32(dispatch.attempt)),
                .text(outcome.name), .optional(status, Bind.int32), .optional(outcome.reason.map(Self.cut), Bind.text),
                .int32(Int32(clamping: took.milliseconds)),
            ])
    }

    private static func cut(_ text: String) -> String { String(text.unicodeScalars.prefix(400)) }
}

extension [String?: ZoneOffsets] {
    fileprivate func compactMapKeys(_ body: (String?) -> String?) -> [String: ZoneOffsets] {
        var result: [String: ZoneOffsets] = [:]
        for (key, value) in self { if let key = body(key) { result[key] = value } }
        return result
    }
}
