/// What a member may do in a tenant. Each role holds all that the ones before it hold.
public enum Role: String, Sendable, CaseIterable, Codable {
    case viewer, analyst, admin, owner

    /// Whether this role holds a scope such as `dashboard:read`.
    ///
    /// A viewer holds every scope that ends in `:read`; an analyst adds `data:write`; admins and owners hold all.
    public func holds(_ scope: some StringProtocol) -> Bool {
        switch self {
        case .viewer: scope.hasSuffix(":read")
        case .analyst: scope.hasSuffix(":read") || scope == "data:write"
        case .admin, .owner: true
        }
    }
}
