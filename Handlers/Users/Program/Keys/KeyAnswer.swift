import HandlerKit

/// An API key as it is shown: never its text.
struct KeyAnswer: Codable, Sendable {
    enum State: String, Codable, CaseIterable {
        case active, expired, revoked
    }

    let id: UUID
    let name: String
    /// How its text begins.
    let prefix: String
    let scopes: [String]
    /// The member for whom it acts: it can do what both may.
    let createdBy: UserID
    let createdAt: Timestamp
    /// Null: it does not expire.
    let expiresAt: Timestamp?
    /// To within some seconds; null: never.
    let lastUsedAt: Timestamp?
    let revokedAt: Timestamp?
    let state: State

    enum CodingKeys: String, CodingKey {
        case id, name, prefix, scopes, state
        case createdBy = "created_by"
        case createdAt = "created_at"
        case expiresAt = "expires_at"
        case lastUsedAt = "last_used_at"
        case revokedAt = "revoked_at"
    }

    /// The columns of ``KeysSQL/list``.
    init(_ row: Row, at now: Timestamp) throws {
        id = try row.uuid(0)
        prefix = "tnk_\(try row.text(1))"
        name = try row.text(2)
        scopes = try row.text(3).split(separator: " ").map { String($0) }
        createdBy = UserID(try row.uuid(4))
        createdAt = try row.timestamp(5)
        expiresAt = try row.optionalTimestamp(6)
        lastUsedAt = try row.optionalTimestamp(7)
        revokedAt = try row.optionalTimestamp(8)
        state = revokedAt != nil ? .revoked : expiresAt.map { $0 <= now } == true ? .expired : .active
    }
}

/// The keys of a tenant, the newest first.
struct KeyList: Codable, Sendable {
    let apiKeys: [KeyAnswer]

    enum CodingKeys: String, CodingKey { case apiKeys = "api_keys" }
}

/// A key that was just made, with its text: this once, and never again.
struct NewKeyAnswer: Codable, Sendable {
    let apiKey: KeyAnswer
    let key: String

    enum CodingKeys: String, CodingKey {
        case apiKey = "api_key"
        case key
    }
}
