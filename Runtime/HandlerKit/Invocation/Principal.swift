/// Who asks, as the gateway found out.
public struct Principal: Sendable, Hashable {
    /// The member; all zero for whoever is none, such as a machine.
    public let user: UserID
    /// The member's role in the tenant; nil for whoever is no member.
    public let role: Role?

    /// Whether the role holds a scope such as `businesses:write`.
    public func holds(_ scope: some StringProtocol) -> Bool { role?.holds(scope) ?? false }
}
