import HandlerKit

/// A role that members of the tenant may have.
struct RoleAnswer: Codable, Sendable {
    let name: Role
    let description: String
    /// Whether every tenant has it. Such a role names no scopes: its description says what it holds.
    let builtIn: Bool
    let scopes: [String]
    /// How many members have it; absent for built-in roles.
    let members: Int64?
    /// When it was made and last changed; absent for built-in roles.
    let createdAt: Timestamp?
    let updatedAt: Timestamp?

    enum CodingKeys: String, CodingKey {
        case name, description, scopes, members
        case builtIn = "built_in"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }

    /// The columns of ``RolesSQL/list``.
    init(_ row: Row) throws {
        let text = try row.text(0)
        guard let name = Role(rawValue: text) else { throw AppError(.internalError, detail: "a tenant has a role of the name \(text)") }
        self.name = name
        description = try row.text(1)
        builtIn = false
        scopes = try row.text(2).split(separator: " ").map { String($0) }
        members = try row.int64(3)
        createdAt = try row.timestamp(4)
        updatedAt = try row.timestamp(5)
    }

    private init(_ name: Role, _ description: String) {
        self.name = name
        self.description = description
        scopes = []
        builtIn = true
        members = nil
        createdAt = nil
        updatedAt = nil
    }

    /// The roles that every tenant has, the least first.
    static let builtIn = [
        RoleAnswer(.viewer, "Every scope that ends in :read, but those of audit, keys, roles, sso and tenant"),
        RoleAnswer(.analyst, "What a viewer holds, data:write and alerts:write"),
        RoleAnswer(.admin, "Every scope; some acts are left to owners"), RoleAnswer(.owner, "Every scope"),
    ]
}

/// All roles of a tenant.
struct RoleList: Codable, Sendable {
    let roles: [RoleAnswer]
}
