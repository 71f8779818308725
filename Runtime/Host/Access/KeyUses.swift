import Kernel
import Synchronization

/// When each API key was last used, until it is written: a call never waits for that, and a thousand calls are one row.
final class KeyUses: Sendable {
    /// How often uses are written.
    static let interval: Duration = .seconds(5)
    /// Keys beyond that are not noted until the next writing, so that a database that is away fills no memory.
    static let most = 50_000

    private let last = Mutex<[UUID: Timestamp]>([:])

    func note(_ key: UUID, at now: Timestamp) {
        last.withLock { last in
            if last.count < Self.most || last[key] != nil { last[key] = now }
        }
    }

    /// What was noted since the last time.
    func take() -> [UUID: Timestamp] {
        last.withLock { last in
            defer { last = [:] }
            return last
        }
    }

    /// Notes again what could not be written.
    func putBack(_ uses: [UUID: Timestamp]) {
        last.withLock { last in
            for (key, used) in uses where last[key] == nil && last.count < Self.most { last[key] = used }
        }
    }
}
