import HandlerKit

/// What an API key is made of.
struct KeyInput: Decodable, Sendable, Validated {
    let name: String
    let scopes: [String]
    /// Absent: it does not expire.
    let expiresAt: Timestamp?

    enum CodingKeys: String, CodingKey {
        case name, scopes
        case expiresAt = "expires_at"
    }

    func validate(_ issues: inout [AppError.Issue]) {
        issues.requireLength(name, "name", 1...100)
        issues.require(!name.utf8.contains(0), "name", "expected no NUL character")
        issues.require(name.isEmpty || name.contains { !$0.isWhitespace }, "name", "expected more than blanks")
        Granting.check(scopes, &issues)
    }
}

/// A key as a path names it.
struct KeyPath: Decodable, Sendable {
    let id: UUID

    enum CodingKeys: String, CodingKey { case id = "key_id" }
}
