import Glibc
import Synchronization

/// An event loop of one thread that is also a Swift executor: what waits for descriptors and timers, and the code that uses them, run on one
/// thread, so nothing hops.
///
/// `withTaskExecutorPreference(reactor) { … }` runs a task's nonisolated code on it; an actor may return it as `unownedExecutor`. Nothing that runs
/// here may block: use a ``BlockingPool`` for calls that do.
public final class Reactor: TaskExecutor, SerialExecutor, Sendable {
    /// Names the thread, cut to 15 bytes by Linux.
    public let name: String

    let poller = Poller()
    private let thread = Atomic<UInt>(0)
    private let inbox = Mutex(Inbox())
    private let stopping = Atomic(false)
    // Touched by the loop's thread alone.
    nonisolated(unsafe) var queue = WorkQueue()
    nonisolated(unsafe) var timers = TimerHeap()
    nonisolated(unsafe) var watched = RegistrationTable()
    nonisolated(unsafe) var processorClock = ProcessorClock()

    /// A loop that runs nothing until ``start()`` or ``runOnCurrentThread()``. What is enqueued before waits for that.
    public init(name: String) { self.name = name }

    /// Whether the caller runs on this loop's thread.
    public var isCurrent: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    /// Runs the loop on a new thread until ``stop()``. Once only.
    public func start() {
        spawnThread(named: name) { self.runOnCurrentThread() }
    }

    /// Runs the loop on the calling thread and returns after ``stop()``. Once only.
    public func runOnCurrentThread() {
        let (unused, _) = thread.compareExchange(expected: 0, desired: UInt(pthread_self()), ordering: .relaxed)
        precondition(unused, "the reactor \(name) runs already")
        while !stopping.load(ordering: .relaxed) { turn() }
    }

    /// Ends the loop after the work that runs now. What is enqueued later never runs. Any thread.
    public func stop() {
        stopping.store(true, ordering: .relaxed)
        poller.wake()
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        submit(.job(UnownedJob(job)))
    }

    /// Runs a body on the loop's thread, after what is queued there. No system call from the loop itself; from outside at most one. Any thread.
    public func execute(_ body: @escaping @Sendable () -> Void) {
        submit(.body(body))
    }

    public func checkIsolated() {
        precondition(isCurrent, "expected to run on the reactor \(name)")
    }

    func submit(_ work: WorkQueue.Work) {
        if isCurrent {
            queue.append(work)
            return
        }
        let asleep = inbox.withLock { inbox in
            inbox.queue.append(work)
            defer { inbox.asleep = false }
            return inbox.asleep
        }
        if asleep { poller.wake() }
    }

    /// Moves what others left into the queue; false, and asleep from then on, where nothing is to be done.
    func takeInbox(orSleep: Bool) -> Bool {
        inbox.withLock { inbox in
            if inbox.queue.isEmpty {
                inbox.asleep = orSleep
                return false
            }
            queue.take(&inbox.queue)
            return true
        }
    }

    /// Nobody needs to ring from now on: the loop is up.
    func awake() {
        inbox.withLock { $0.asleep = false }
    }

    private struct Inbox {
        var queue = WorkQueue()
        var asleep = false
    }
}
