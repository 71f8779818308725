/// One call of a route by somebody who has not said who they are. There is no tenant, and so no tenant's database.
public struct AnonymousInvocation: Sendable {
    let exchange: Exchange

    /// The request's head.
    public var request: Request { fatalError() }
    /// Functions of the schema `identity`, for the one handler that may execute them.
    public var database: IdentityDatabase { fatalError() }
    /// The request's body, where the route's body rule is `.bytes`.
    public var body: RequestBody { fatalError() }
    /// When nobody waits any more. The task is cancelled then.
    public var deadline: Deadline { fatalError() }
    /// The id in the answer's `X-Request-ID`.
    public var requestID: String { fatalError() }
    /// Names this run.
    public var id: InvocationID { fatalError() }
    /// The request's `Idempotency-Key`; nil where it has none.
    public var idempotencyKey: String? { fatalError() }
    /// A logger whose lines carry the request's id and the route.
    public var logger: Logger { fatalError() }
    /// The clocks.
    public var time: TimeSource { fatalError() }
    /// A fresh, time-ordered identifier.
    public func makeID() -> UUID { fatalError() }

    /// Runs what blocks or computes for long on a thread beside the one that all of the handler's code shares.
    ///
    /// A body that has begun is not interrupted by cancellation.
    public func offload<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T { fatalError() }
}
