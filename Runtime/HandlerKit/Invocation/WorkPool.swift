import Reactor
import Synchronization

/// Threads of a handler's own for one kind of long computing, such as password hashing, so that it neither takes the place of other work nor runs
/// without bound.
///
/// What runs there is counted as the invocation's processor time, as with ``Invocation/offload(_:)``.
public final class WorkPool: Sendable {
    private let pool: BlockingPool
    private let room: Int
    private let inside = Atomic<Int>(0)

    /// `threads` run at once, one by default; up to `room` calls are inside, those that wait included; `niceness` (0…19) is how far the threads stand
    /// back where processors are short.
    public init(threads: Int = 1, niceness: Int32 = 0, room: Int, name: String) {
        pool = BlockingPool(threads: threads, niceness: niceness, name: name)
        self.room = room
    }

    /// Runs a body when its turn comes. Throws `UNAVAILABLE` at once where the pool is full, and `CancellationError` where nobody waits any more
    /// before it began.
    func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        defer { inside.subtract(1, ordering: .relaxed) }
        guard inside.add(1, ordering: .relaxed).newValue <= room else {
            throw AppError(.unavailable, "Too many want this at once; try again soon", retryAfter: .seconds(2))
        }
        let isGone = Gone()
        return try await withTaskCancellationHandler {
            try await pool.run {
                guard !isGone.value.load(ordering: .relaxed) else { throw CancellationError() }
                return try body()
            }
        } onCancel: {
            isGone.value.store(true, ordering: .relaxed)
        }
    }

    private final class Gone: Sendable {
        let value = Atomic<Bool>(false)
    }
}

extension Exchange {
    func offload<T: Sendable>(on pool: WorkPool, _ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await pool.run { [meter] in try meter.measure(body) }
    }
}

extension Invocation {
    /// Runs what computes for long on a pool of the handler's own. Throws what the body throws, and `UNAVAILABLE` where the pool is full.
    public func offload<T: Sendable>(on pool: WorkPool, _ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await exchange.offload(on: pool, body)
    }
}

extension AnonymousInvocation {
    /// Runs what computes for long on a pool of the handler's own. Throws what the body throws, and `UNAVAILABLE` where the pool is full.
    public func offload<T: Sendable>(on pool: WorkPool, _ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await exchange.offload(on: pool, body)
    }
}
