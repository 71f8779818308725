import Kernel
import Reactor

/// Rows as they arrive. Each iterator runs the statement anew; one reader each.
public struct RowStream: AsyncSequence, Sendable {
    public typealias Element = Row

    let sql: String
    let binds: [Bind]
    let deadline: Deadline
    let connection: Connection
    let core: ClientCore
    let arrived: @Sendable (Rows) -> Void

    /// Throws ``PostgresError`` from ``next()``: rows that came before it are good.
    public struct Iterator: AsyncIteratorProtocol {
        private let reader: RowReader

        fileprivate init(_ reader: RowReader) { self.reader = reader }

        /// The next row; nil after the last.
        public mutating func next() async throws -> Row? { try await reader.next() }
    }

    public func makeAsyncIterator() -> Iterator {
        let feed = RowFeed(arrived: arrived)
        return Iterator(RowReader(Request(.stream(sql, binds, feed), deadline: deadline), feed, connection, core))
    }
}

/// The reading end. Once it is gone nobody needs the statement any more.
private final class RowReader {
    private let request: Request
    private let feed: RowFeed
    private let connection: Connection
    private let core: ClientCore
    private var hasBegun = false

    init(_ request: Request, _ feed: RowFeed, _ connection: Connection, _ core: ClientCore) {
        self.request = request
        self.feed = feed
        self.connection = connection
        self.core = core
    }

    deinit {
        if hasBegun { core.reactor.execute { [core, request] in core.abandon(request, .cancelled) } }
    }

    func next() async throws -> Row? {
        if !hasBegun {
            hasBegun = true
            core.begin(request, on: connection)
        }
        switch feed.take() {
        case .row(let row, let resume):
            if resume { core.reactor.execute { [connection] in connection.resume() } }
            return row
        case .end(let error?): throw error
        case .end(nil): return nil
        case .nothing: break
        }
        return try await withTaskCancellationHandler {
            try await feed.wait()
        } onCancel: { [core, request] in
            core.reactor.execute { core.abandon(request, .cancelled) }
        }
    }
}
