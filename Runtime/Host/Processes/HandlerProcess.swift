import Glibc
import NIOCore

/// One running program of a handler, with the wire to it.
final class HandlerProcess: Sendable {
    let id: ProcessPool.ID
    let pid: pid_t
    let wire: WireConnection
    let channel: any Channel

    init(id: ProcessPool.ID, pid: pid_t, wire: WireConnection, channel: any Channel) {
        self.id = id
        self.pid = pid
        self.wire = wire
        self.channel = channel
    }

    var executor: LoopExecutor { wire.executor }

    /// Asks it to finish what runs and exit.
    func drain() {
        executor.loop.execute { [wire] in wire.drain() }
    }

    /// Ends it and all that it started. The wire's end follows.
    func kill() {
        Glibc.kill(-pid, SIGKILL)
    }
}
