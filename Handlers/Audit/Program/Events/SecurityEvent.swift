import HandlerKit

/// What happened to a person: a sign-in, a session, a factor.
struct SecurityEvent: Encodable, Sendable {
    let id: UUID
    let occurredAt: Timestamp
    let action: String
    let outcome: String
    /// The user in a tenant's list; the tenant in a user's own.
    let subject: UUID?
    let subjectKey: CodingKeys
    let session: UUID?
    let address: String
    let userAgent: String
    let details: JSONValue

    enum CodingKeys: String, CodingKey {
        case id, action, outcome, address, details
        case occurredAt = "occurred_at"
        case user = "user_id"
        case tenant = "tenant_id"
        case session = "session_id"
        case userAgent = "user_agent"
    }

    init(_ row: Row, subject: CodingKeys) throws {
        id = try row.uuid(0)
        occurredAt = try row.timestamp(1)
        action = try row.text(2)
        outcome = try row.text(3)
        self.subject = try row.optionalUUID(4)
        subjectKey = subject
        session = try row.optionalUUID(5)
        address = try row.text(6)
        userAgent = try row.text(7)
        details = try JSON.read(try row.json(8))
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(occurredAt, forKey: .occurredAt)
        try container.encode(action, forKey: .action)
        try container.encode(outcome, forKey: .outcome)
        try container.encode(subject, forKey: subjectKey)
        try container.encode(session, forKey: .session)
        try container.encode(address, forKey: .address)
        try container.encode(userAgent, forKey: .userAgent)
        try container.encode(details, forKey: .details)
    }
}

/// Some events, the newest first.
struct SecurityEventPage: Encodable, Sendable {
    let events: [SecurityEvent]
    /// What to pass as `cursor` for the ones before; null behind the last.
    @OrNull var next: String?
}
