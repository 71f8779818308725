import Kernel

/// A connection that one caller has to itself: any SQL, transactions over several round trips, streamed rows. One thing at a time.
public final class OwnConnection: Sendable {
    /// Runs one statement of any kind in a transaction of its own, or in the open one.
    public func query(_ sql: String, _ binds: [Bind] = []) async throws -> Rows { throw PostgresError(.closed) }

    /// Runs several statements, separated by semicolons and without binds, as one transaction or in the open one. For migrations.
    public func execute(_ script: String) async throws { throw PostgresError(.closed) }

    /// Runs a segment of catalogue statements, in a transaction of its own or in the open one.
    public func run(_ segment: Segment) async throws -> [Rows] { throw PostgresError(.closed) }

    /// Opens a transaction.
    public func begin() async throws { throw PostgresError(.closed) }

    /// Commits the open transaction. Throws where it had failed before, and nothing is committed then.
    public func commit() async throws { throw PostgresError(.closed) }

    /// Takes back the open transaction.
    public func rollback() async throws { throw PostgresError(.closed) }

    /// Opens a transaction, runs the body, commits; rolls back where the body throws.
    public func transaction<R>(_ body: () async throws -> R) async throws -> R { throw PostgresError(.closed) }

    /// Runs one statement and hands out its rows while they arrive, with bounded memory: a slow reader slows the server.
    public func stream(_ sql: String, _ binds: [Bind] = []) -> RowStream { RowStream() }
}

/// Rows as they arrive. One reader.
public struct RowStream: AsyncSequence, Sendable {
    public typealias Element = Row

    public struct Iterator: AsyncIteratorProtocol {
        public mutating func next() async throws -> Row? { throw PostgresError(.closed) }
    }

    public func makeAsyncIterator() -> Iterator { Iterator() }
}
