import Glibc
import Synchronization

/// A few threads for calls that block: name resolution, PQcancel, password hashing. Threads start on demand and end with the pool.
public final class BlockingPool: Sendable {
    private let shared: Shared

    /// At most that many calls run at once, two by default; the others wait in order. `niceness` from 0 to 19 is how far the threads stand back where
    /// processors are short (nice(2)).
    public init(threads: Int = 2, niceness: Int32 = 0, name: String = "blocking") {
        shared = Shared(limit: max(1, threads), niceness: niceness, name: name)
    }

    deinit { shared.close() }

    /// Runs a blocking body on one of the threads and returns its result to the caller's executor.
    ///
    /// A body that has begun is not interrupted when the task is cancelled.
    public func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<T, any Error>) in
            submit { continuation.resume(with: Result(catching: body)) }
        }
    }

    /// Runs a blocking body on one of the threads, for callers that are not tasks.
    public func submit(_ body: @escaping @Sendable () -> Void) {
        if shared.add(body) {
            spawnThread(named: shared.name) { [shared] in shared.work() }
        }
    }
}

/// What the threads share. Lives until the last of them has ended.
private final class Shared: @unchecked Sendable {
    let name: String
    private let limit: Int
    private let niceness: Int32
    // Guarded by the mutex below.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var bodies: [@Sendable () -> Void] = []
    private var threads = 0
    private var idle = 0
    private var closed = false

    init(limit: Int, niceness: Int32, name: String) {
        self.limit = limit
        self.niceness = niceness
        self.name = name
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    /// Queues a body; true if the caller has to start one more thread for it.
    func add(_ body: @escaping @Sendable () -> Void) -> Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        bodies.append(body)
        if idle >= bodies.count {
            pthread_cond_signal(changed)
            return false
        }
        guard threads < limit else { return false }
        threads += 1
        return true
    }

    func close() {
        pthread_mutex_lock(mutex)
        closed = true
        pthread_cond_broadcast(changed)
        pthread_mutex_unlock(mutex)
    }

    /// The life of one thread: bodies in order, until the pool is closed and nothing waits.
    func work() {
        // The call means the calling thread alone.
        if niceness > 0 { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness) }
        while let body = next() { body() }
    }

    private func next() -> (@Sendable () -> Void)? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while bodies.isEmpty {
            if closed { return nil }
            idle += 1
            pthread_cond_wait(changed, mutex)
            idle -= 1
        }
        return bodies.removeFirst()
    }
}
