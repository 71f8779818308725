/// One call of a route, by a member or a machine of one tenant.
public struct Invocation: Sendable {
    let exchange: Exchange

    /// The request's head.
    public var request: Request { Request(exchange: exchange) }
    /// Who asks.
    public var principal: Principal { Principal(exchange.head) }
    /// For whom: every row that this invocation can reach is this tenant's.
    public var tenant: TenantID { exchange.head.tenant }
    /// The tenant's rows.
    public var database: TenantDatabase { TenantDatabase(exchange: exchange) }
    /// Functions of the schema `identity`, for the one handler that may execute them.
    public var identity: IdentityDatabase { IdentityDatabase(exchange: exchange) }
    /// The request's body, where the route's body rule is `.bytes`.
    public var body: RequestBody { RequestBody(exchange: exchange) }
    /// When nobody waits any more. The task is cancelled then.
    public var deadline: Deadline { exchange.deadline }
    /// The id in the answer's `X-Request-ID`.
    public var requestID: String { exchange.head.requestID }
    /// Names this run.
    public var id: InvocationID { exchange.head.invocation }
    /// The request's `Idempotency-Key`; nil where it has none.
    public var idempotencyKey: String? { exchange.header("idempotency-key") }
    /// A logger whose lines carry the request's id, the tenant and the route.
    public var logger: Logger { exchange.logger }
    /// The clocks. What they say is recorded with the invocation.
    public var time: TimeSource { exchange.time }
    /// A fresh, time-ordered identifier.
    public func makeID() -> UUID { exchange.makeID() }

    /// Runs what blocks or computes for long on a thread beside the one that all of the handler's code shares.
    ///
    /// A body that has begun is not interrupted by cancellation.
    public func offload<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await exchange.offload(body)
    }
}
