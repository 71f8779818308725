import Kernel
import Reactor

/// Rows as they arrive. Each iterator runs the statement anew; one reader each.
public struct RowStream: AsyncSequence, Sendable {
    public typealias Element = Row

    /// Where its rows come from.
    enum Source: Sendable {
        case statement(sql: String, binds: [Bind], deadline: Deadline, connection: Connection, core: ClientCore, arrived: @Sendable (Rows) -> Void)
        case recorded([Rows], (any Error)?)
    }

    let source: Source

    init(_ source: Source) { self.source = source }

    /// Rows that were read before, and the error that ended them.
    public init(recorded: [Rows], error: (any Error)?) { source = .recorded(recorded, error) }

    /// Throws ``PostgresError`` from ``next()``: rows that came before it are good.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate enum State {
            case live(RowReader)
            case recorded(ArraySlice<Row>, (any Error)?)
        }
        private var state: State

        fileprivate init(_ state: State) { self.state = state }

        /// The next row; nil after the last.
        public mutating func next() async throws -> Row? {
            switch state {
            case .live(let reader): return try await reader.next()
            case .recorded(var rows, let error):
                if let row = rows.popFirst() {
                    state = .recorded(rows, error)
                    return row
                }
                if let error { throw error }
                return nil
            }
        }
    }

    /// The rows, one after the other.
    public func makeAsyncIterator() -> Iterator {
        switch source {
        case .statement(let sql, let binds, let deadline, let connection, let core, let arrived):
            let feed = RowFeed(arrived: arrived)
            return Iterator(.live(RowReader(Request(.stream(sql, binds, feed), deadline: deadline), feed, connection, core)))
        case .recorded(let tables, let error): return Iterator(.recorded(tables.flatMap { Array($0) }[...], error))
        }
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
