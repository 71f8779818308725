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
    /// Takes what the processes ask of objects; nil where they only say what they serve.
    let objects: ObjectQueue?
    /// Takes what is to be recorded; nil where nothing is.
    let recordings: RecordingQueue?
    /// Hears of jobs that the processes have made; nil where nobody runs them.
    let jobs: JobDesk?
    /// Whether a launcher waits for the next start of each handler.
    let parks: Bool
    private let pool = BlockingPool(threads: 8, name: "processes")
    private let parked = ParkedLaunches()

    init(
        loops: Loops, programs: String, sandbox: Sandbox, calls: CallQueue? = nil, objects: ObjectQueue? = nil,
        recordings: RecordingQueue? = nil, jobs: JobDesk? = nil, parks: Bool = true,
        greeting: @escaping @Sendable (Manifest) -> Start
    ) {
        self.loops = loops
        self.programs = programs
        self.sandbox = sandbox
        self.calls = calls
        self.objects = objects
        self.recordings = recordings
        self.jobs = jobs
        self.parks = parks
        self.greeting = greeting
    }

    /// Which program stands there now; nil where there is none.
    func identity(of manifest: Manifest) -> String? { File.identity(of: manifest.programPath(beside: programs)) }

    /// Starts the program, from the launcher that waits for it if there is one; `standing` is how far it stands back. Throws `UNAVAILABLE` with the reason in the detail.
    func start(_ manifest: Manifest, standing: Int32 = 0) async throws -> Launcher.Child {
        let command = sandbox.plan.command(manifest, program: manifest.programPath(beside: programs))
        let waiting = waitingCommand(manifest)
        let standing = max(standing, ProcessStanding.usual(manifest))
        let child = try await pool.run { [parked] in
            let child = try waiting.flatMap { parked.take($0) } ?? Launcher.start(command)
            if standing > 0 { ProcessStanding.set(standing, child.program) }
            return child
        }
        // Later, or it would take the processor from the start that somebody waits for.
        if parks { loops.home.loop.scheduleTask(in: .milliseconds(500)) { prepare(manifest) } }
        return child
    }

    /// Has a launcher wait for the next start of a handler. Where nothing stands around processes there is nothing to prepare.
    func prepare(_ manifest: Manifest) {
        guard let command = waitingCommand(manifest) else { return }
        pool.submit { [parked] in parked.park(command) }
    }

    /// Ends the launchers that wait.
    func stop() async {
        _ = try? await pool.run { [parked] in parked.end() }
    }

    /// A program that was replaced is another one, also where bubblewrap holds on to the old file.
    private func waitingCommand(_ manifest: Manifest) -> SandboxPlan.Command? {
        guard parks, sandbox.plan.mode != .off, let identity = identity(of: manifest) else { return nil }
        var command = sandbox.plan.command(manifest, program: manifest.programPath(beside: programs), waits: true)
        command.identity = identity
        return command
    }

    /// Puts the gateway's end of a wire on a loop; processes take turns over the loops.
    func connect(
        _ child: Launcher.Child, _ id: ProcessPool.ID, _ logger: Logger, onEnd: @escaping @Sendable () -> Void = {},
        onRelease: @escaping @Sendable () -> Void
    ) async throws -> HandlerProcess {
        let executor = loops.executors[id % loops.executors.count]
        let wire = WireConnection(
            executor: executor, logger: logger, calls: calls, objects: objects, recordings: recordings, jobs: jobs, onEnd: onEnd, onRelease: onRelease
        )
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
