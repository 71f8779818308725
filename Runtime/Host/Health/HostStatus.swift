import Kernel
import Synchronization

/// Whether the host can serve, for the health routes.
final class HostStatus: Sendable {
    private struct State {
        var databaseAnswers = false
        var askedAt: ContinuousClock.Instant?
    }

    private let database: HostDatabase
    private let time: TimeSource
    private let state = Mutex(State())
    private let stopping = Mutex<ContinuousClock.Instant?>(nil)

    init(database: HostDatabase, time: TimeSource) {
        self.database = database
        self.time = time
    }

    /// Since when nothing new is taken; nil while it is.
    var stoppingSince: ContinuousClock.Instant? { stopping.withLock { $0 } }

    func stop() { stopping.withLock { $0 = time.instant() } }

    /// Whether the database answers; asked at most once a second, since anybody may call the route.
    func databaseAnswers() async -> Bool {
        let now = time.instant()
        let known: Bool? = state.withLock { state in
            guard let asked = state.askedAt, asked.advanced(by: .seconds(1)) > now else {
                state.askedAt = now
                return nil
            }
            return state.databaseAnswers
        }
        if let known { return known }
        let answers = await database.isReachable()
        state.withLock { $0.databaseAnswers = answers }
        return answers
    }
}
