import HandlerKit
import Mailing
import NotificationDelivery
import NotificationRules

/// Mail for members: what each of them wants, and when.
struct Postman: Sendable {
    let queue: MailQueue
    let tenant: TenantID

    /// A member with an address.
    struct Member: Sendable {
        let id: UUID
        let email: String
        let zoneName: String
        var preferences = Preferences()
    }

    /// Members by id, with what they want.
    static func members(_ addresses: Rows, _ preferences: Rows) throws -> [UUID: Member] {
        var members: [UUID: Member] = [:]
        for row in addresses { members[try row.uuid(0)] = Member(id: try row.uuid(0), email: try row.text(1), zoneName: try row.text(3)) }
        for row in preferences { members[try row.uuid(0)]?.preferences = try Preferences(row) }
        return members
    }

    /// Statements that hand a message over to the outbox of mail, or let it wait for the end of a member's quiet hours as a message of its own.
    func calls(
        _ dispatch: Dispatch, key: String, to recipients: [UUID], _ members: [UUID: Member], zones: [String: ZoneOffsets], at now: Timestamp,
        makeID: () -> UUID
    ) throws(AppError) -> [Call] {
        var calls: [Call] = []
        let notice = dispatch.wording.worded(dispatch.notice)
        let template = MailTemplate.notice(
            subject: notice.title, text: notice.text, facts: notice.facts.map { .init(name: $0.name, value: $0.value) })
        for id in recipients {
            guard let member = members[id], member.preferences.email != false,
                notice.severity >= member.preferences.leastSeverity ?? .info
            else { continue }
            if notice.severity != .critical, let hours = member.preferences.quietHours {
                let zone = zones[member.preferences.timeZone ?? member.zoneName] ?? .utc
                if hours.contains(zone.local(now)) {
                    let end = hours.end(from: now, zone) ?? now + .seconds(86_400)
                    calls.append(
                        Call(
                            OutboxSQL.insert,
                            try OutboxSQL.binds(
                                makeID(), dispatch.channel.id, "\(key.prefix(200)):\(dispatch.id):\(id)", dispatch.notice, due: end, recipient: id)))
                    continue
                }
            }
            calls.append(try queue.tenantCall(template, to: member.email, tenant: tenant))
        }
        return calls
    }
}
