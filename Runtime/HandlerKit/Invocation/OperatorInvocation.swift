public import Postgres
import Wire

/// One call of a route by an operator of the installation: for one tenant, for one that it is to make, or for none.
public struct OperatorInvocation: Sendable {
    let exchange: Exchange

    /// The request's head.
    public var request: Request { Request(exchange: exchange) }
    /// Who asks; all zero for the command line.
    public var `operator`: UserID { exchange.head.user }
    /// What the operator's role is called, as `operator_admin`.
    public var role: String { exchange.head.role }
    /// The session behind the operator's token.
    public var session: UUID { exchange.head.session }
    /// Upon which tenant; nil where the route is for none.
    public var tenant: TenantID? { exchange.head.hasTenant ? exchange.head.tenant : nil }
    /// The tenant's rows, and functions that name it in front. Throws `INTERNAL_ERROR` where the route is for no tenant.
    public var database: TenantDatabase {
        get throws(AppError) {
            guard tenant != nil else { throw AppError(.internalError, detail: "a call of an operator for no tenant has no tenant's database") }
            return TenantDatabase(exchange: exchange)
        }
    }
    /// Functions of the schemas `identity` and `tenancy`; nothing is put in front of their binds.
    public var functions: IdentityDatabase { IdentityDatabase(exchange: exchange) }
    /// The request's body, where the route's body rule is `.bytes`.
    public var body: RequestBody { RequestBody(exchange: exchange) }
    /// When nobody waits any more. The task is cancelled then.
    public var deadline: Deadline { exchange.deadline }
    /// The id in the answer's `X-Request-ID`.
    public var requestID: String { exchange.head.requestID }
    /// Names this run.
    public var id: InvocationID { exchange.head.invocation }
    /// A logger whose lines carry the request's id, the tenant and the route.
    public var logger: Logger { exchange.logger }
    /// The clocks.
    public var time: TimeSource { exchange.time }
    /// A fresh, time-ordered identifier.
    public func makeID() -> UUID { exchange.makeID() }

    /// Whether the operator's role holds a scope.
    public func holds(_ scope: String) -> Bool { exchange.head.scopes.contains(scope) }

    /// Runs what blocks or computes for long on a thread beside the one that all of the handler's code shares.
    ///
    /// A body that has begun is not interrupted by cancellation.
    public func offload<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await exchange.offload(body)
    }
}

extension OperatorInvocation {
    /// A line of the tenant's audit log; see ``Invocation/audit(_:target:details:)``. Append it behind the statement that makes the tenant.
    public func audit(
        _ action: StaticString, target: (type: StaticString, id: any CustomStringConvertible)? = nil, details: JSONValue = [:]
    ) -> Call {
        exchange.audit(action, target, details)
    }

    /// What every act of an operator leaves: a security event of theirs, named by the action with `_` for `.`. It takes the tenant of the context
    /// along; the binds begin at `$2` of a tenant's database.
    ///
    /// The manifest grants `identity.record_operator_event: [execute]`.
    public func event(_ action: StaticString, details: JSONValue = [:]) -> Call {
        Call(OperatorSQL.eventOfTenant, eventBinds(action, details))
    }

    /// The same for ``functions``, where nothing stands in front.
    public func eventAlone(_ action: StaticString, details: JSONValue = [:]) -> Call {
        Call(OperatorSQL.event, eventBinds(action, details))
    }

    /// The binds of `identity.record_operator_event`, for a statement that calls it only where something was done.
    public func eventBinds(_ action: StaticString, _ details: JSONValue) -> [Bind] {
        [
            .text(String(action.description.map { $0 == "." ? "_" : $0 })), .text(exchange.head.address), .text(exchange.header("user-agent") ?? ""),
            .json(Array(details.description.utf8)),
        ]
    }
}

/// The statements behind ``OperatorInvocation/event(_:details:)``.
public enum OperatorSQL {
    /// $2 action, $3 address, $4 user agent, $5 details.
    public static let eventOfTenant = Statement(
        "kit.operator_event_of_tenant",
        """
        select identity.record_operator_event($2::text, $3::text, $4::text, $5::jsonb) where $1::uuid = tenancy.tenant_id()
        """, access: .write)

    /// $1 action, $2 address, $3 user agent, $4 details.
    public static let event = Statement(
        "kit.operator_event", "select identity.record_operator_event($1::text, $2::text, $3::text, $4::jsonb)", access: .write)
}
