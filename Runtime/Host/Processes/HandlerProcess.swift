import Glibc
import Kernel
import NIOCore
import Synchronization

/// One running program of a handler, with the wire to it.
final class HandlerProcess: Sendable {
    let id: ProcessPool.ID
    /// Whom to wait for and whose group to kill.
    let pid: pid_t
    /// The process that runs the program: whose memory and processor time count. Behind bubblewrap another one.
    let program: pid_t
    let wire: WireConnection
    let channel: any Channel
    /// How it ended, once it has.
    let ending = Ending()
    private let sample = Mutex<ProcessSample?>(nil)
    private let cause = Mutex<ProcessPool.Cause?>(nil)

    init(id: ProcessPool.ID, pid: pid_t, program: pid_t, wire: WireConnection, channel: any Channel) {
        self.id = id
        self.pid = pid
        self.program = program
        self.wire = wire
        self.channel = channel
    }

    var executor: LoopExecutor { wire.executor }

    /// What it used when it was last looked at.
    var lastSample: ProcessSample? {
        get { sample.withLock { $0 } }
        set { sample.withLock { $0 = newValue } }
    }

    /// Why it was killed; nil where it was not.
    var killedFor: ProcessPool.Cause? { cause.withLock { $0 } }

    /// Asks it to finish what runs and exit.
    func drain() {
        executor.loop.execute { [wire] in wire.drain() }
    }

    /// Ends it and all that it started. The wire's end follows.
    func kill(for cause: ProcessPool.Cause? = nil) {
        if let cause { self.cause.withLock { $0 = $0 ?? cause } }
        Glibc.kill(-pid, SIGKILL)
    }
}
