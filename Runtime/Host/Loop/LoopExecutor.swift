import NIOCore

/// Runs tasks on one event loop, so that a request never changes its thread between the socket it came from and the process that answers it.
///
/// Jobs that become runnable during a turn of the loop run together at its end, behind the input of all sockets.
final class LoopExecutor: TaskExecutor, @unchecked Sendable {
    let loop: any EventLoop
    // Touched on the loop only.
    private var ready: [UnownedJob] = []
    private var spare: [UnownedJob] = []
    private var scheduled = false
    /// For the answers that this loop writes.
    var dates = DateHeader()
    var random = FastRandom()

    init(loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        guard loop.inEventLoop else {
            loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
            return
        }
        ready.append(job)
        guard !scheduled else { return }
        scheduled = true
        loop.execute(turn)
    }

    private lazy var turn: @Sendable () -> Void = { [unowned self] in
        let executor = asUnownedTaskExecutor()
        while !ready.isEmpty {
            swap(&ready, &spare)
            for job in spare { job.runSynchronously(on: executor) }
            spare.removeAll(keepingCapacity: true)
        }
        scheduled = false
    }

    /// Runs an operation of the calling task on this loop. Behind it the task may still be on the loop's thread, until it next suspends.
    func run<Value, Failure: Error>(_ operation: () async throws(Failure) -> Value) async throws(Failure) -> Value {
        try await withTaskExecutorPreference(self) { () async throws(Failure) in
            await arrive()
            return try await operation()
        }
    }

    /// Moves a task that prefers this executor to its loop, unless it runs there already. The preference alone moves it only when it next resumes.
    func arrive() async {
        if loop.inEventLoop { return }
        await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in loop.execute { continuation.resume() } }
    }
}
