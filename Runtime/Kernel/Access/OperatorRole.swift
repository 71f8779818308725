/// What an operator of the installation may do. No tenant's role reaches there, and no operator's into a tenant.
public enum OperatorRole: String, Sendable, Hashable, Codable, CaseIterable {
    /// Everything.
    case admin
    /// Looks at tenants, and changes nothing.
    case support

    /// The scopes that the role holds, all of them by name.
    public var scopes: [Scope] {
        let names =
            switch self {
            case .admin: ["tenants:read", "tenants:write", "plans:write", "archives:read", "archives:write", "operators:write"]
            case .support: ["tenants:read"]
            }
        return names.compactMap { Scope(rawValue: $0) }
    }

    /// What stands in the place of a member's role in contexts, heads and the record.
    public var name: String { "operator_\(rawValue)" }

    /// The rights of an operator with the role. A tenant's own role may have the same name; it is never asked here.
    public var rights: Rights? { Role(rawValue: name).map { Rights(role: $0, scopes: scopes) } }
}
