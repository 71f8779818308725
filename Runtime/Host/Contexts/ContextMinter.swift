import Kernel
import Logging
import Synchronization
import Tokens

/// In whose name one invocation runs, for the first context and for those that renew it.
struct ContextGrant: Sendable {
    var context: SignedContext
    /// Nil where nobody signed in.
    var principal: Principal?
}

/// Signs contexts with the newest key of the database, in the database's time.
final class ContextMinter: Sendable {
    /// The longest life of a context: what was revoked bites within it.
    static let longestLife: Duration = .seconds(60)
    /// How often key and clock are read again.
    static let refreshEvery: Duration = .seconds(60)

    private struct State {
        var key: SigningKey?
        var clock = DatabaseClock()
    }

    private let state = Mutex(State())
    private let database: HostDatabase
    private let time: TimeSource
    private let logger: Logger

    init(database: HostDatabase, time: TimeSource, logger: Logger) {
        self.database = database
        self.time = time
        self.logger = logger
    }

    var isReady: Bool { state.withLock { $0.key != nil } }

    /// The end of a context that is made now: when its deadline passes, 60 seconds from now at the latest.
    func expiry(remaining: Duration) -> Timestamp {
        state.withLock { time.now() + $0.clock.offset + min(remaining, Self.longestLife) }
    }

    /// The signed text. Throws `UNAVAILABLE` before the first key was read.
    func sign(_ context: SignedContext) throws(AppError) -> String {
        guard let key = state.withLock({ $0.key }) else { throw AppError(.unavailable, retryAfter: .seconds(1)) }
        return context.sign(with: key)
    }

    /// The same grant with a later end, and its text.
    func renew(_ grant: ContextGrant, remaining: Duration) throws(AppError) -> String {
        try sign(grant.context.renewed(until: expiry(remaining: remaining)))
    }

    /// Reads the newest key and measures the database's clock. Throws `UNAVAILABLE`.
    func refresh() async throws(AppError) {
        let key = try await database.newestKey()
        let before = time.now()
        let answer = try await database.now()
        let after = time.now()
        let (alarm, offset) = state.withLock { state in
            state.key = key
            let alarm = state.clock.measured(before: before, answer: answer, after: after)
            return (alarm, state.clock.offset)
        }
        if alarm {
            logger.critical(
                "the database's clock and this machine's differ by more than 2 s", metadata: .keys([.durationMS: "\(offset.milliseconds)"]))
        }
    }
}
