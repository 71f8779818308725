import HandlerKit
import NotificationDelivery
import NotificationRules

/// Writes, within a claim's transaction, what becomes of the messages of one channel.
struct Desk {
    let channel: ChannelRecord
    private let postman: Postman
    private let now: Timestamp
    private let makeID: @Sendable () -> UUID
    private let members: [UUID: Postman.Member]
    /// Of the channel and of members that have quiet hours; nil is the tenant's.
    private let zones: [String?: ZoneOffsets]
    /// The tenant's words by types of messages, as far as they were asked for.
    private var templates: [String: MessageWording] = [:]
    private var known: Set<String> = []

    init(
        _ channel: ChannelRecord, _ postman: Postman, _ transaction: Transaction, at now: Timestamp, makeID: @escaping @Sendable () -> UUID
    ) async throws {
        (self.channel, self.postman, self.now, self.makeID) = (channel, postman, now, makeID)
        if let people = channel.config.userIDs {
            let asked = try await transaction.batch([
                Call(ChannelsSQL.members, [.uuids(people)]), Call(InboxSQL.preferences, [.uuids(people)]),
            ])
            members = try Postman.members(asked[0], asked[1])
        } else {
            members = [:]
        }
        zones = try await Self.zones(channel, members, transaction, at: now)
    }

    var rules: DispatchPlan.Rules {
        .init(
            digestSeconds: channel.digestSeconds, perHour: channel.perHour, quietHours: channel.quietHours, zone: zones[channel.timeZone] ?? .utc,
            leastSeverity: channel.leastSeverity)
    }

    /// What is to be called for. `group` holds all messages that the actions name.
    mutating func take(_ actions: [DispatchPlan.Action], _ group: [WaitingMessage], _ transaction: Transaction) async throws -> [Dispatch] {
        var dispatches: [Dispatch] = []
        let byID = Dictionary(group.map { ($0.id, $0) }) { first, _ in first }
        for action in actions {
            switch action {
            case .drop(let ids, let reason):
                _ = try await transaction.batch([Call(OutboxSQL.drop, [.uuids(ids), .text(reason)])])
            case .wait(let ids, let until):
                _ = try await transaction.batch([Call(OutboxSQL.wait, [.uuids(ids), .timestamp(until)])])
            case .send(let ids):
                if let dispatch = try await send(ids.compactMap { byID[$0] }, transaction) { dispatches.append(dispatch) }
            }
        }
        return dispatches
    }

    /// As one message, under the first one's id. Nil where it was mail, or where nothing of it can be read any more.
    private mutating func send(_ messages: [WaitingMessage], _ transaction: Transaction) async throws -> Dispatch? {
        guard let head = messages.first else { return nil }
        let named = NoticeDigest.named(messages.map(\.waiting))
        let notices = try await notices(named, transaction)
        let readable = Set(notices.map(\.id))
        let lost = named.filter { !readable.contains($0) }
        if !lost.isEmpty {
            _ = try await transaction.batch([Call(OutboxSQL.drop, [.uuids(lost), .text("it cannot be read any more")])])
            return try await send(messages.filter { !lost.contains($0.id) }, transaction)
        }
        guard let notice = NoticeDigest.fold(notices.map(\.notice), of: messages.map(\.waiting)) else { return nil }
        let dispatch = Dispatch(
            channel: channel, wording: try await wording(notice.type, transaction), id: head.id, notice: notice, messages: messages.count,
            attempt: head.attempts + 1)
        var calls: [Call] = []
        if messages.count > 1 { calls.append(Call(OutboxSQL.fold, [.uuids(messages.dropFirst().map(\.id)), .uuid(head.id)])) }
        calls.append(
            Call(OutboxSQL.claim, [.uuid(head.id), .json(try JSON.encode(notice)), .float8(ChannelClaim.lease), .bool(messages.count > 1)]))
        guard channel.type == .email else {
            _ = try await transaction.batch(calls)
            return dispatch
        }
        calls += try postman.calls(
            dispatch, key: head.key, to: head.recipient.map { [$0] } ?? channel.config.userIDs ?? [], members,
            zones: Dictionary(uniqueKeysWithValues: zones.compactMap { name, zone in name.map { ($0, zone) } }), at: now, makeID: makeID)
        calls += [
            OutboxSQL.record(dispatch, .delivered, nil, .zero, makeID()),
            Call(OutboxSQL.end, [.uuid(head.id), .int32(Int32(dispatch.attempt)), .text("delivered"), .null]),
        ]
        _ = try await transaction.batch(calls)
        return nil
    }

    /// In the order of the ids; without those that cannot be read.
    private func notices(_ ids: [UUID], _ transaction: Transaction) async throws -> [(id: UUID, notice: Notice)] {
        var notices: [UUID: Notice] = [:]
        for row in try await transaction.rows(OutboxSQL.notices, .uuids(ids)) {
            notices[try row.uuid(0)] = try? JSON.decode(Notice.self, from: try JSON.read(try row.json(1)))
        }
        return ids.compactMap { id in notices[id].map { (id, $0) } }
    }

    /// The channel's own words, else the tenant's for such a message.
    private mutating func wording(_ type: String, _ transaction: Transaction) async throws -> MessageWording {
        guard channel.wording == MessageWording() else { return channel.wording }
        if known.insert(type).inserted, let row = try await transaction.rows(TemplatesSQL.find, .text(type)).first {
            templates[type] = try TemplateAnswer.wording(row)
        }
        return templates[type] ?? channel.wording
    }

    private static func zones(
        _ channel: ChannelRecord, _ members: [UUID: Postman.Member], _ transaction: Transaction, at now: Timestamp
    ) async throws -> [String?: ZoneOffsets] {
        var names: Set<String?> = []
        if channel.quietHours != nil { names.insert(channel.timeZone) }
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
}
