import Wire

/// Who may call a route, and with that what the route is given.
///
/// Where a tenant is known, closures take an ``Invocation``; an anonymous route takes an ``AnonymousInvocation``, which has no tenant's database.
public struct Access<Context: Sendable>: Sendable {
    let description: HandlerDescription.Access
    let context: @Sendable (Exchange) -> Context
}

extension Access where Context == Invocation {
    /// Members of a tenant whose role holds the scope, and its keys that do; an empty scope: every member, and no key.
    public static func bearer(_ scope: String = "") -> Access { tenant(.bearer, scope) }

    /// Machines with a key of the tenant that holds the scope.
    public static func apiKey(_ scope: String) -> Access { tenant(.apiKey, scope) }

    /// Whoever has a link that the tenant signed.
    public static var signedLink: Access { tenant(.signedLink, "") }

    /// Another system that reports; the resolver of that name finds the tenant.
    public static func webhook(_ resolver: String) -> Access { tenant(.webhook, resolver) }

    private static func tenant(_ kind: HandlerDescription.Access.Kind, _ scope: String) -> Access {
        Access(description: .init(kind: kind, scope: scope)) { Invocation(exchange: $0) }
    }
}

extension Access where Context == SystemInvocation {
    /// The host itself, by a timer for example; neither a client nor another handler can call it.
    public static var system: Access {
        Access(description: .init(kind: .system, scope: "")) { SystemInvocation(exchange: $0) }
    }
}

extension Access where Context == OperatorInvocation {
    /// Operators of the installation whose role holds a scope such as `tenants:write`. A route whose path has `{tenant_id}` is for that tenant (404
    /// where there is none), others are for none. Neither members' tokens nor API keys open it.
    public static func `operator`(_ scope: String) -> Access {
        Access(description: .init(kind: .operator, scope: scope)) { OperatorInvocation(exchange: $0) }
    }

    /// The same for a route that makes a tenant: it is given an identifier that no tenant has.
    public static func operatorOfNewTenant(_ scope: String) -> Access {
        Access(description: .init(kind: .operatorNew, scope: scope)) { OperatorInvocation(exchange: $0) }
    }
}

extension Access where Context == AnonymousInvocation {
    /// Everybody, before a tenant is known.
    public static var anonymous: Access {
        Access(description: .init(kind: .anonymous, scope: "")) { AnonymousInvocation(exchange: $0) }
    }
}
