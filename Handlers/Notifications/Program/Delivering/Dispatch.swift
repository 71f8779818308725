import HandlerKit
import NotificationDelivery
import NotificationRules

/// A message that waits, as it was found.
struct WaitingMessage: Sendable {
    let id: UUID
    let channel: UUID
    let recipient: UUID?
    let key: String
    let severity: Severity
    let notice: Notice
    let attempts: Int
    let createdAt: Timestamp

    init(_ row: Row) throws {
        id = try row.uuid(0)
        channel = try row.uuid(1)
        recipient = try row.optionalUUID(2)
        key = try row.text(3)
        severity = Severity(rawValue: try row.text(4)) ?? .info
        notice = try JSON.decode(Notice.self, from: try JSON.read(try row.json(5)))
        attempts = Int(try row.int32(6))
        createdAt = try row.timestamp(7)
    }

    var waiting: DispatchPlan.Waiting { .init(id: id, severity: severity, createdAt: createdAt, attempts: attempts) }
}

/// One message that goes out now, to a channel that is called.
struct Dispatch: Sendable {
    let channel: ChannelRecord
    /// The channel's own words, else the tenant's for such a message.
    let wording: MessageWording
    /// Its first message's id: the receiver's key against doing it twice.
    let id: UUID
    let notice: Notice
    /// How many went into it.
    let messages: Int
    /// From 1.
    let attempt: Int
}
