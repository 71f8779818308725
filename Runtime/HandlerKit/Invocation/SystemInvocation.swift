/// One call that the host makes by itself, such as a timer's. Nobody outside can make one.
public struct SystemInvocation: Sendable {
    let exchange: Exchange

    /// The request's head.
    public var request: Request { Request(exchange: exchange) }
    /// For whom; nil where it is for no tenant, and then nothing of any tenant can be reached.
    public var tenant: TenantID? { exchange.head.scope == .tenant ? exchange.head.tenant : nil }
    /// The tenant's rows. Throws `INTERNAL_ERROR` where the call is for no tenant.
    public var database: TenantDatabase {
        get throws(AppError) {
            guard tenant != nil else { throw AppError(.internalError, detail: "a call of the system for no tenant has no tenant's database") }
            return TenantDatabase(exchange: exchange)
        }
    }
    /// Functions of the schemas `identity` and `tenancy`; those that begin with `tenancy.require_system()` only where the call is for no tenant.
    public var functions: IdentityDatabase { IdentityDatabase(exchange: exchange) }
    /// The request's body, where the route's body rule is `.bytes`.
    public var body: RequestBody { RequestBody(exchange: exchange) }
    /// When nobody waits any more. The task is cancelled then.
    public var deadline: Deadline { exchange.deadline }
    /// Names the call in the log.
    public var requestID: String { exchange.head.requestID }
    /// Names this run.
    public var id: InvocationID { exchange.head.invocation }
    /// A logger whose lines carry the call's id and the route.
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
