import Synchronization

/// Runs the jobs of one task and its children on a ``Reactor`` and adds up the processor time that they take, however they are interleaved with others.
///
/// It counts what runs between two suspensions. What the loop does for all, such as reading sockets, belongs to nobody.
public final class MeasuredExecutor: TaskExecutor, Sendable {
    private let reactor: Reactor
    // Touched on the loop's thread alone.
    nonisolated(unsafe) private var used: Int64 = 0
    nonisolated(unsafe) private var began: Int64?
    private let elsewhere = Atomic<Int64>(0)

    /// An executor whose jobs run on that reactor.
    public init(_ reactor: Reactor) { self.reactor = reactor }

    public func enqueue(_ job: consuming ExecutorJob) {
        reactor.submit(.measured(UnownedJob(job), self))
    }

    /// The processor time so far, in nanoseconds, with that of the job that is running. Call it on the loop's thread.
    public var nanoseconds: Int64 {
        if began != nil {
            end()
            begin()
        }
        return used + elsewhere.load(ordering: .relaxed)
    }

    /// Runs a body on a thread that is not the loop's, and counts what it takes there.
    public func measure<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
        let start = ProcessorClock.threadTime()
        defer { elsewhere.add(ProcessorClock.threadTime() - start, ordering: .relaxed) }
        return try body()
    }

    func begin() { began = ProcessorClock.now() }

    func end() {
        guard let began else { return }
        self.began = nil
        used += reactor.processorClock.used(ProcessorClock.now() - began, thread: ProcessorClock.threadTime)
    }
}
