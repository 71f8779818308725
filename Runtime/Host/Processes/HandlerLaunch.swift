import Kernel
import Logging
import Manifest
import NIOCore
import NIOPosix
import Reactor
import Wire

/// How a handler's program becomes a process with a wire.
struct HandlerLaunch: Sendable {
    let loops: Loops
    /// Where programs stand that are named without a folder.
    let programs: String
    /// What stands around each process.
    let sandbox: Sandbox
    /// What a process is told first: its database, its secrets.
    let greeting: @Sendable (Manifest) -> Start
    /// Takes what the processes call of each other; nil where they only say what they serve.
    let calls: CallQueue?
    /// Takes what is to be recorded; nil where nothing is.
    let recordings: RecordingQueue?
    private let pool = BlockingPool(threads: 8, name: "processes")

    init(
        loops: Loops, programs: String, sandbox: Sandbox, calls: CallQueue? = nil, recordings: RecordingQueue? = nil,
        greeting: @escaping @Sendable (Manifest) -> Start
    ) {
        self.loops = loops
        self.programs = programs
        self.sandbox = sandbox
        self.calls = calls
        self.recordings = recordings
        self.greeting = greeting
    }

    /// Which program stands there now; nil where there is none.
    func identity(of manifest: Manifest) -> String? { File.identity(of: manifest.programPath(beside: programs)) }

    /// Starts the program. Throws `UNAVAILABLE` with the reason in the detail.
    func start(_ manifest: Manifest) async throws -> Launcher.Child {
        let command = sandbox.plan.command(manifest, program: manifest.programPath(beside: programs))
        return try await pool.run { try Launcher.start(command) }
    }

    /// Puts the gateway's end of a wire on a loop; processes take turns over the loops.
    func connect(
        _ child: Launcher.Child, _ id: ProcessPool.ID, _ logger: Logger, onEnd: @escaping @Sendable () -> Void = {},
        onRelease: @escaping @Sendable () -> Void
    ) async throws -> HandlerProcess {
        let executor = loops.executors[id % loops.executors.count]
        let wire = WireConnection(executor: executor, logger: logger, calls: calls, recordings: recordings, onEnd: onEnd, onRelease: onRelease)
        let channel = try await ClientBootstrap(group: executor.loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(wire) }
            }
            .withConnectedSocket(child.descriptor).get()
        return HandlerProcess(id: id, pid: child.pid, program: child.program, wire: wire, channel: channel)
    }

    /// Ends a process whose wire is closed, and says how it ended.
    func end(_ pid: Int32) async -> String {
        do { return try await pool.run { Launcher.end(pid) } } catch { return "\(error)" }
    }
}
