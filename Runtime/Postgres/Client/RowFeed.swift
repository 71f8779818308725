import CPostgres
import Synchronization

/// Rows between the loop, which brings them, and the one reader, who takes them. Bounded by the bytes that wait.
final class RowFeed: Sendable {
    /// Above this the connection is not read any more.
    private static let limit = 1 << 20

    private struct State: ~Copyable {
        var rows: [Rows] = []
        var head = 0
        var bytes = 0
        var isFull = false
        var end: Result<Void, PostgresError>?
        var reader: UnsafeContinuation<Row?, any Error>?
    }

    enum Taken {
        /// A row, and whether the connection should be read again.
        case row(Row, resume: Bool)
        case end(PostgresError?)
        case nothing
    }

    private let state = Mutex(State())
    /// Told of each row that arrives, on the loop's thread.
    private let arrived: @Sendable (Rows) -> Void

    init(arrived: @escaping @Sendable (Rows) -> Void = { _ in }) { self.arrived = arrived }

    /// Brings one row; true if no more are wanted for now.
    func push(_ row: Rows) -> Bool {
        arrived(row)
        let (reader, isFull) = state.withLock { state -> (UnsafeContinuation<Row?, any Error>?, Bool) in
            guard state.end == nil else { return (nil, false) }
            if let reader = state.reader {
                state.reader = nil
                return (reader, false)
            }
            state.rows.append(row)
            state.bytes += row.memory
            state.isFull = state.bytes >= Self.limit
            return (nil, state.isFull)
        }
        reader?.resume(returning: row[0])
        return isFull
    }

    /// No more rows come. What waits is still read.
    func finish(_ error: PostgresError?) {
        let reader = state.withLock { state -> UnsafeContinuation<Row?, any Error>? in
            guard state.end == nil else { return nil }
            state.end = error.map { .failure($0) } ?? .success(())
            return state.reader.take()
        }
        if let error { reader?.resume(throwing: error) } else { reader?.resume(returning: nil) }
    }

    /// Nobody reads any more: what waits is dropped, and so is what comes.
    func discard() {
        finish(PostgresError(.cancelled))
        state.withLock { state in
            state.rows.removeAll()
            state.head = 0
            state.isFull = false
        }
    }

    func take() -> Taken {
        state.withLock { state in
            guard state.head < state.rows.count else {
                switch state.end {
                case .success: return .end(nil)
                case .failure(let error): return .end(error)
                case nil: return .nothing
                }
            }
            let row = state.rows[state.head]
            state.head += 1
            state.bytes -= row.memory
            if state.head == state.rows.count {
                state.rows.removeAll(keepingCapacity: true)
                state.head = 0
            }
            let resume = state.isFull && state.bytes < Self.limit / 2
            if resume { state.isFull = false }
            return .row(row[0], resume: resume)
        }
    }

    /// Waits for the next row, if there is none now.
    func wait() async throws -> Row? {
        try await withUnsafeThrowingContinuation { (reader: UnsafeContinuation<Row?, any Error>) in
            let now = state.withLock { state -> Taken in
                if state.head < state.rows.count {
                    let row = state.rows[state.head]
                    state.head += 1
                    state.bytes -= row.memory
                    return .row(row[0], resume: false)
                }
                switch state.end {
                case .success: return .end(nil)
                case .failure(let error): return .end(error)
                case nil:
                    state.reader = reader
                    return .nothing
                }
            }
            switch now {
            case .row(let row, _): reader.resume(returning: row)
            case .end(let error?): reader.resume(throwing: error)
            case .end(nil): reader.resume(returning: nil)
            case .nothing: break
            }
        }
    }
}

extension Rows {
    /// Bytes that libpq holds for it.
    fileprivate var memory: Int { result.with { Int(PQresultMemorySize($0)) } }
}
