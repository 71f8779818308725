import HandlerKit

/// A business whose metrics are kept.
struct Business: Codable, Sendable {
    let id: UUID
    /// The member who made it; null for one that the installation made.
    @OrNull var userID: UUID?
    let name: String
    @OrNull var industry: String?
    @OrNull var location: String?
    let createdAt: Timestamp
    let updatedAt: Timestamp

    enum CodingKeys: String, CodingKey {
        case id
        case userID = "user_id"
        case name, industry, location
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
}

/// Some businesses, in the order in which they were made.
struct BusinessPage: Codable, Sendable {
    let businesses: [Business]
    /// What to pass as `after` for the next ones; null behind the last.
    @OrNull var next: UUID?
}
