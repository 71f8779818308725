/// Who asks, as the gateway found out.
public struct Principal: Sendable, Hashable {
    /// The member; all zero for a machine.
    public let user: UserID
    /// The member's role in the tenant.
    public let role: Role

    /// Whether the role holds a scope such as `businesses:write`.
    public func holds(_ scope: some StringProtocol) -> Bool { role.holds(scope) }
}
