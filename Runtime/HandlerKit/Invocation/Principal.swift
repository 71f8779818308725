import Wire

/// Who asks, as the gateway found out.
public struct Principal: Sendable, Hashable {
    /// The member, or who made the API key that asks; all zero for whoever is none, such as the system.
    public let user: UserID
    /// What they may do; nil for whoever is no member.
    public let rights: Rights?
    /// The session that the access token belongs to; nil where it is of none, and for an API key.
    public let session: UUID?
    /// The API key that asks; nil where it is a person.
    public let apiKey: UUID?

    /// The member's role in the tenant; nil for whoever is no member.
    public var role: Role? { rights?.role }

    /// Whether the caller may do what needs a scope such as `businesses:write`.
    public func holds(_ scope: some StringProtocol) -> Bool { rights?.holds(scope) ?? false }

    /// Whether the caller may do what needs a scope.
    public func holds(_ scope: Scope) -> Bool { rights?.holds(scope) ?? false }
}

extension Principal {
    init(_ head: InvocationHead) {
        user = head.user
        apiKey = head.apiKey == .zero ? nil : head.apiKey
        session = head.session == .zero ? nil : head.session
        rights = Role(rawValue: head.role).map { role in
            let rights = Rights(role: role, isKey: head.apiKey != .zero)
            return head.scopes.isEmpty ? rights : rights.bound(by: head.scopes.compactMap { Scope(rawValue: $0) })
        }
    }
}
