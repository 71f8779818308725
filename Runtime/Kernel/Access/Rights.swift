/// What a caller may do: a role, and the scopes that it names or that bound it.
public struct Rights: Sendable, Hashable {
    public let role: Role
    /// Empty for a built-in role as it is. Else nothing is held that none of these covers: the scopes of a tenant's own role, of a key, of a token
    /// that is good for some things only.
    public let scopes: [Scope]
    /// Whether it is a key's caller, which holds nothing personal.
    public let isKey: Bool

    /// Rights as they are told; see ``member(_:scopes:)`` and ``narrowed(to:isKey:)`` for where they come from.
    public init(role: Role, scopes: [Scope] = [], isKey: Bool = false) {
        self.role = role
        self.scopes = scopes
        self.isKey = isKey
    }

    /// A member's: of a tenant's own role what it names, and all that is personal.
    public static func member(_ role: Role, scopes: [Scope]) -> Rights {
        role.isBuiltIn ? Rights(role: role) : Rights(role: role, scopes: Scope.personal + scopes.filter { $0.family != .personal })
    }

    /// The same rights as far as these scopes cover them; none where there are no scopes.
    public func narrowed(to bound: [Scope], isKey: Bool = false) -> Rights {
        var common = bound
        // A built-in role stands beside the list and is asked, too; a tenant's own role is nothing but its list.
        if !role.isBuiltIn || !scopes.isEmpty {
            common = scopes.flatMap { held in bound.compactMap { held.covers($0) ? $0 : $0.covers(held) ? held : nil } }
        }
        return Rights(role: role, isKey: self.isKey || isKey).bound(by: common)
    }

    /// The same role with a list of scopes beside it; what cannot be read leaves nothing, never all.
    public func bound(by scopes: [Scope]) -> Rights {
        Rights(role: role, scopes: scopes.isEmpty ? [.nothing] : scopes, isKey: isKey)
    }

    /// Whether nothing was lost on the way from other rights to these.
    public func keep(_ before: Rights) -> Bool {
        if self == before { return true }
        return role == before.role && isKey == before.isKey && !role.isBuiltIn
            && before.scopes.allSatisfy { scope in scopes.contains { $0.covers(scope) } }
    }

    /// Whether the caller may do it.
    public func holds(_ scope: Scope) -> Bool {
        if isKey, scope.family == .personal { return false }
        if role.isBuiltIn {
            return role.holds(scope) && (scopes.isEmpty || scopes.contains { $0.covers(scope) })
        }
        return scopes.contains { $0.covers(scope) }
    }

    /// The same of a scope's text; false for what is none.
    public func holds(_ scope: some StringProtocol) -> Bool { Scope(rawValue: String(scope)).map(holds) ?? false }
}
