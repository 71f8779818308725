import HandlerKit

/// A business whose metrics are kept.
struct Business: Codable, Sendable {
    let id: UUID
    /// The member who made it; null for one that the installation made.
    let userID: UUID?
    let name: String
    let industry: String?
    let location: String?
    let createdAt: Timestamp
    let updatedAt: Timestamp

    enum CodingKeys: String, CodingKey {
        case id, name, industry, location
        case userID = "user_id"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }

    init(_ row: Row) throws {
        id = try row.uuid(0)
        userID = try row.optionalUUID(1)
        name = try row.text(2)
        industry = try row.optionalText(3)
        location = try row.optionalText(4)
        createdAt = try row.timestamp(5)
        updatedAt = try row.timestamp(6)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(userID, forKey: .userID)
        try container.encode(name, forKey: .name)
        try container.encode(industry, forKey: .industry)
        try container.encode(location, forKey: .location)
        try container.encode(createdAt, forKey: .createdAt)
        try container.encode(updatedAt, forKey: .updatedAt)
    }
}

/// Some businesses, in the order in which they were made.
struct BusinessPage: Codable, Sendable {
    let businesses: [Business]
    /// What to pass as `after` for the next ones; null behind the last.
    let next: UUID?

    enum CodingKeys: CodingKey { case businesses, next }

    init(businesses: [Business], next: UUID?) {
        self.businesses = businesses
        self.next = next
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(businesses, forKey: .businesses)
        try container.encode(next, forKey: .next)
    }
}
