import HandlerKit
import NotificationDelivery
import NotificationRules

/// A message that waits, as it was found, without its words.
struct WaitingMessage: Sendable {
    let id: UUID
    /// The one member whom it is for; nil: all of the channel's.
    let recipient: UUID?
    let key: String
    let severity: Severity
    let attempts: Int
    let createdAt: Timestamp
    let occurredAt: Timestamp

    init(_ row: Row) throws {
        id = try row.uuid(0)
        recipient = try row.optionalUUID(1)
        key = try row.text(2)
        severity = Severity(rawValue: try row.text(3)) ?? .info
        attempts = Int(try row.int32(4))
        createdAt = try row.timestamp(5)
        occurredAt = try row.optionalText(6).flatMap { Timestamp($0) } ?? createdAt
    }

    var waiting: DispatchPlan.Waiting { .init(id: id, severity: severity, createdAt: createdAt, occurredAt: occurredAt, attempts: attempts) }
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
