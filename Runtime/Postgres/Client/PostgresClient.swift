public import Kernel
public import Logging
public import Reactor

/// A client of one database: a few connections, each with one transaction per round trip.
///
/// Callers that run on the reactor pay no thread hop. It knows nothing of tenants: whoever builds a ``Segment`` puts the context in its preamble.
public final class PostgresClient: Sendable {
    private let core: ClientCore

    /// A client that opens connections when they are first needed. The reactor must run, and outlive it.
    public init(_ configuration: Configuration, reactor: Reactor, logger: Logger) {
        core = ClientCore(configuration, reactor: reactor, logger: logger)
    }

    deinit {
        core.reactor.execute { [core] in core.abort() }
    }

    /// Runs one transaction on a shared connection and returns the rows of its `calls`, in their order.
    ///
    /// Waits for a connection until the deadline; a segment that was not sent by then never is. Throws ``PostgresError`` only: `server` where the
    /// database refused a statement (then none of them happened), `timedOut`, `cancelled`, `connectionLost` (a read was tried twice by then; a
    /// write may have been committed), `connectFailed`, `poolExhausted`, `nestedTransaction`, `closed`.
    ///
    /// `party` stands for one of several who share the connections: one of them never holds the last.
    public func run(_ segment: Segment, deadline: Deadline, party: UInt64? = nil) async throws -> [Rows] {
        try OwnConnection.refuseInsideTransaction()
        let request = Request(.segment(segment), deadline: deadline, party: party)
        try await core.perform(request) { [core] in core.submit(request) }
        return request.rows
    }

    /// Lends a connection of one's own, on which any SQL may run, and closes it afterwards.
    ///
    /// It counts against `maxConnections`. The deadline covers the wait and everything that runs on it. Throws what the body throws, and what
    /// ``run(_:deadline:)`` throws while it waits.
    public func withConnection<R>(deadline: Deadline, party: UInt64? = nil, _ body: (OwnConnection) async throws -> R) async throws -> R {
        try OwnConnection.refuseInsideTransaction()
        let request = Request(.lease, deadline: deadline, party: party)
        try await core.perform(request) { [core] in core.submit(request) }
        guard let connection = request.lent else { throw PostgresError(.closed) }
        request.lent = nil
        defer { core.reactor.execute { [core] in core.giveBack(connection) } }
        let own = OwnConnection(connection, core: core, deadline: deadline)
        return try await OwnConnection.$current.withValue(own) { try await body(own) }
    }

    /// Listens on channels, on one more connection, until the stream's consumer stops.
    ///
    /// At most 1024 events wait for a slow consumer; then the oldest is dropped, so a consumer that must hear everything keeps up.
    public func listen(_ channels: [String]) -> AsyncStream<ListenEvent> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1024)) { continuation in
            let listener = Listener(core.configuration, channels, core, continuation)
            continuation.onTermination = { [core] _ in core.reactor.execute { core.remove(listener) } }
            core.reactor.execute { [core] in core.add(listener) }
        }
    }

    /// Closes everything: waiting callers get `closed`, what is on the wire may end until the deadline, five seconds from now by default.
    public func shutdown(deadline: Deadline = .after(.seconds(5))) async {
        await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
            core.reactor.execute { [core] in
                core.shutdown(deadline: deadline) { continuation.resume() }
            }
        }
    }
}
