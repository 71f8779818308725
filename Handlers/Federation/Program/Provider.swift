import HandlerKit

/// A provider as its tenant's administrators see it.
struct ProviderAnswer: Codable, Sendable {
    let id: UUID
    let name: String
    let issuer: String
    let clientID: String
    /// The secret itself is never shown.
    let hasSecret: Bool
    let scopes: [String]
    let allowedDomains: [String]
    let newMemberRole: String?
    let enabled: Bool
    let createdAt: Timestamp
    let updatedAt: Timestamp

    enum CodingKeys: String, CodingKey {
        case id, name, issuer, scopes, enabled
        case clientID = "client_id"
        case hasSecret = "has_secret"
        case allowedDomains = "allowed_domains"
        case newMemberRole = "new_member_role"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }

    init(_ row: Row) throws {
        func words(_ column: Int) throws -> [String] { try row.text(column).split(separator: " ").map(String.init) }
        id = try row.uuid(0)
        name = try row.text(1)
        issuer = try row.text(2)
        clientID = try row.text(3)
        hasSecret = try row.bool(4)
        scopes = try words(5)
        allowedDomains = try words(6)
        newMemberRole = row.isNull(7) ? nil : try row.text(7)
        enabled = try row.bool(8)
        createdAt = try row.timestamp(9)
        updatedAt = try row.timestamp(10)
    }
}

struct ProviderList: Codable, Sendable {
    let providers: [ProviderAnswer]
}

/// A button of a sign-in page.
struct PublicProviders: Codable, Sendable {
    struct Button: Codable, Sendable {
        let id: UUID
        let name: String
        /// Where it leads, less `redirect_uri` and `code_challenge`.
        let start: String
    }

    let providers: [Button]
}

/// What a provider is made of.
struct ProviderInput: Decodable, Sendable, Validated {
    /// In the path where one is replaced, nowhere else.
    let providerID: UUID?
    let name: String
    let issuer: String
    let clientID: String
    /// Absent: the one that is there stays; a new provider without one is a public client.
    let clientSecret: String?
    /// `openid` is always among them; defaults to `openid email profile`.
    let scopes: [String]?
    let allowedDomains: [String]
    let newMemberRole: String?
    let enabled: Bool?

    enum CodingKeys: String, CodingKey {
        case name, issuer, scopes, enabled
        case providerID = "provider_id"
        case clientID = "client_id"
        case clientSecret = "client_secret"
        case allowedDomains = "allowed_domains"
        case newMemberRole = "new_member_role"
    }

    func validate(_ issues: inout [AppError.Issue]) {
        issues.requireLength(name, "name", 1...100)
        issues.requireLength(issuer, "issuer", 8...500)
        issues.require(!issuer.contains("?"), "issuer", "expected a URL without a query")
        issues.requireLength(clientID, "client_id", 1...300)
        issues.requireLength(clientSecret, "client_secret", 1...1000)
        issues.require(allowedDomains.count <= 100, "allowed_domains", "expected at most 100 domains")
        issues.require(allowedDomains.allSatisfy(Self.isDomain), "allowed_domains", "expected domains such as example.com")
        let scopes = scopes ?? []
        issues.require(scopes.count <= 19 && scopes.allSatisfy(Self.isScope), "scopes", "expected at most 19 scopes without blanks, such as email")
        issues.require(
            newMemberRole.map { ["admin", "analyst", "viewer"].contains($0) } ?? true, "new_member_role",
            "expected admin, analyst, viewer, or nothing")
    }

    /// `openid` first, each once.
    var askedScopes: [String] {
        (["openid"] + (scopes ?? ["email", "profile"])).reduce(into: []) { all, scope in if !all.contains(scope) { all.append(scope) } }
    }

    private static func isDomain(_ text: String) -> Bool {
        text.contains(".") && text.utf8.count <= 253
            && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
                (1...63).contains(label.utf8.count) && label.utf8.allSatisfy { (97...122).contains($0 | 0x20) || (48...57).contains($0) || $0 == 45 }
            }
    }

    /// RFC 6749 section 3.3.
    private static func isScope(_ text: String) -> Bool {
        (1...100).contains(text.utf8.count) && text.utf8.allSatisfy { $0 == 0x21 || (0x23...0x5B).contains($0) || (0x5D...0x7E).contains($0) }
    }
}
