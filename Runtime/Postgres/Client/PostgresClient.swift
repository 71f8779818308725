public import Kernel
public import Logging
public import Reactor

/// A client of one database: a few connections, each with one transaction per round trip.
///
/// Callers that run on the reactor pay no thread hop. It knows nothing of tenants: whoever builds a ``Segment`` puts the context in its preamble.
public final class PostgresClient: Sendable {
    let configuration: Configuration
    let reactor: Reactor
    let logger: Logger

    /// A client that opens connections when they are first needed. The reactor must run, and outlive it.
    public init(_ configuration: Configuration, reactor: Reactor, logger: Logger) {
        self.configuration = configuration
        self.reactor = reactor
        self.logger = logger
    }

    /// Runs one transaction on a shared connection and returns the rows of its `calls`, in their order.
    ///
    /// Waits for a connection until the deadline; a segment that was not sent by then never is. Throws ``PostgresError`` only: `server` where the
    /// database refused a statement (then none of them happened), `timedOut`, `cancelled`, `connectionLost` (a read was tried twice by then; a
    /// write may have been committed), `connectFailed`, `poolExhausted`.
    public func run(_ segment: Segment, deadline: Deadline) async throws -> [Rows] {
        throw PostgresError(.closed)
    }

    /// Lends a connection of one's own, on which any SQL may run, and closes it afterwards.
    public func withConnection<R>(deadline: Deadline, _ body: (OwnConnection) async throws -> R) async throws -> R {
        throw PostgresError(.closed)
    }

    /// Listens on channels, on a connection of its own, until the stream's consumer stops.
    public func listen(_ channels: [String]) -> AsyncStream<ListenEvent> {
        AsyncStream { $0.finish() }
    }

    /// Closes everything: waiting callers get `closed`, what is on the wire may end until the deadline.
    public func shutdown(deadline: Deadline = .after(.seconds(5))) async {}
}
