import Kernel

/// One thing that a caller waits for. Used on the reactor's thread alone, until its continuation is resumed.
final class Request: @unchecked Sendable {
    enum Work {
        /// On a shared connection, or in an own one's open transaction.
        case segment(Segment)
        /// Any one statement, on an own connection.
        case text(String, [Bind])
        /// Several statements without binds, on an own connection.
        case script(String)
        /// One statement whose rows are handed out while they arrive, on an own connection.
        case stream(String, [Bind], RowFeed)
        /// An own connection.
        case lease
    }

    let work: Work
    let deadline: Deadline
    /// For whom; nil: for nobody who competes with others.
    let party: WaitQueue.Party?
    /// Its number in the pool; 0 until it was submitted.
    var number = 0
    /// What a segment or statement returned.
    var rows: [Rows] = []
    /// The connection that was lent.
    var lent: Connection?
    /// The first failure of this attempt.
    var error: PostgresError?
    var retries = RetryRules()
    /// Why nobody waits any more, or why it is being cancelled.
    var cause: PostgresError.Code?
    private var continuation: UnsafeContinuation<Void, any Error>?
    /// Whether the client may choose another connection for it.
    var isShared = true
    private(set) var isDone = false

    init(_ work: Work, deadline: Deadline, party: WaitQueue.Party? = nil) {
        self.work = work
        self.party = party
        self.deadline = deadline
    }

    var access: Statement.Access {
        switch work {
        case .segment(let segment): segment.access
        case .stream: .read
        case .text, .script, .lease: .write
        }
    }

    func wait(with continuation: UnsafeContinuation<Void, any Error>) { self.continuation = continuation }

    func succeed() {
        guard !isDone else { return }
        isDone = true
        if case .stream(_, _, let feed) = work { feed.finish(nil) }
        continuation?.resume()
        continuation = nil
    }

    func fail(_ error: PostgresError) {
        guard !isDone else { return }
        isDone = true
        rows = []
        if case .stream(_, _, let feed) = work { feed.finish(error) }
        continuation?.resume(throwing: error)
        continuation = nil
    }
}
