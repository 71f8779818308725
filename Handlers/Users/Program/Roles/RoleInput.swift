import HandlerKit

/// A role of the tenant's own, as it is made.
struct RoleInput: Decodable, Sendable, Validated {
    let name: String
    let description: String?
    let scopes: [String]

    func validate(_ issues: inout [AppError.Issue]) {
        let role = Role(rawValue: name)
        issues.require(
            role != nil, "name", "expected a small letter and up to 31 more of a-z, 0-9, _ and -, and not the name `none`")
        issues.require(role?.isBuiltIn != true, "name", "\(name) is a role that every tenant has; choose another name")
        issues.requireLength(description, "description", 0...500)
        issues.require(description?.utf8.contains(0) != true, "description", "expected no NUL character")
        Granting.check(scopes, &issues)
    }
}

/// What takes the place of all that a role is but its name.
struct RoleChange: Decodable, Sendable, Validated {
    let name: String
    let description: String?
    let scopes: [String]

    enum CodingKeys: String, CodingKey {
        case name = "role_name"
        case description, scopes
    }

    func validate(_ issues: inout [AppError.Issue]) {
        issues.requireLength(description, "description", 0...500)
        issues.require(description?.utf8.contains(0) != true, "description", "expected no NUL character")
        Granting.check(scopes, &issues)
    }
}

/// A role as a path names it.
struct RolePath: Decodable, Sendable {
    let name: String

    enum CodingKeys: String, CodingKey { case name = "role_name" }
}
