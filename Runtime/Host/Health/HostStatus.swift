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
    private let stopping = Atomic(false)

    init(database: HostDatabase, time: TimeSource) {
        self.database = database
        self.time = time
    }

    var isStopping: Bool { stopping.load(ordering: .relaxed) }

    func stop() { stopping.store(true, ordering: .relaxed) }

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
