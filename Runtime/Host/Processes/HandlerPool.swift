import Kernel
import Logging
import Manifest
import NIOCore
import NIOPosix
import Reactor
import Synchronization
import Tokens
import Wire

/// Runs the processes of one handler and lends their slots.
final class HandlerPool: Sendable {
    private struct State {
        var pool: ProcessPool
        var processes: [ProcessPool.ID: HandlerProcess] = [:]
        var killed: Set<ProcessPool.ID> = []
        var waiters: [ProcessPool.Ticket: Waiter] = [:]
        var nextTicket: ProcessPool.Ticket = 1
    }

    private typealias Outcome = Result<HandlerProcess, AppError>

    private enum Waiter {
        case waiting(UnsafeContinuation<Outcome, Never>)
        /// The outcome came before the caller had settled down to wait.
        case resolved(Outcome)
    }

    let manifest: Manifest
    /// Which program the routes were read from; another one in its place is not started.
    let program: String?
    /// Which secrets its processes were given.
    let secrets: Digest?
    private let launch: HandlerLaunch
    private let onOutdated: @Sendable () -> Void
    private let time: TimeSource
    private let logger: Logger
    private let state: Mutex<State>
    private let starts: AsyncStream<ProcessPool.ID>
    private let start: AsyncStream<ProcessPool.ID>.Continuation

    /// `onOutdated` is called when a process cannot be started because another program stands in its place.
    init(
        manifest: Manifest, secrets: Digest? = nil, launch: HandlerLaunch, time: TimeSource, logger: Logger,
        onOutdated: @escaping @Sendable () -> Void = {}
    ) {
        self.onOutdated = onOutdated
        self.manifest = manifest
        self.secrets = secrets
        program = launch.identity(of: manifest)
        self.launch = launch
        self.time = time
        var logger = logger
        logger[.handler] = "\(manifest.name)"
        self.logger = logger
        state = Mutex(State(pool: ProcessPool(manifest.poolLimits)))
        (starts, start) = AsyncStream.makeStream()
    }

    // MARK: For callers

    /// A process with a slot taken for the caller, who must give it back. `tenant` is nil for callers who have not signed in; `alone` asks for a process
    /// in which nothing else runs meanwhile; `depth` is above 0 for a call of another handler. `waiting` is handed a way to stop the wait.
    func lease(
        for tenant: TenantID?, alone: Bool = false, deadline: Deadline, depth: Int = 0, waiting: (@escaping @Sendable () -> Void) -> Void
    ) async throws(AppError) -> HandlerProcess {
        let now = time.instant()
        let (lease, process, ticket) = state.withLock { state in
            let ticket = state.nextTicket
            state.nextTicket += 1
            let lease = state.pool.lease(ticket, for: tenant, alone: alone, deadline: deadline, depth: depth, now: now)
            if case .use(let id) = lease { return (lease, state.processes[id], ticket) }
            return (lease, nil, ticket)
        }
        switch lease {
        case .use:
            guard let process else { throw AppError(.handlerFailed) }
            return process
        case .refuse(let reason): throw AppError(reason)
        case .wait(let actions):
            perform(actions)
            waiting { [self] in abandon(ticket) }
            let outcome = await withUnsafeContinuation { (continuation: UnsafeContinuation<Outcome, Never>) in
                let early: Outcome? = state.withLock { state in
                    if case .resolved(let outcome) = state.waiters.removeValue(forKey: ticket) { return outcome }
                    state.waiters[ticket] = .waiting(continuation)
                    return nil
                }
                if let early { continuation.resume(returning: early) }
            }
            return try outcome.get()
        }
    }

    /// Every exchange that was opened on a leased process gives its slot back through here.
    private func release(_ id: ProcessPool.ID) {
        let now = time.instant()
        let actions = state.withLock { $0.pool.release(id, now: now) }
        if !actions.isEmpty { perform(actions) }
    }

    /// A slot was leased and nothing was sent.
    func giveBack(_ process: HandlerProcess) { release(process.id) }

    private func abandon(_ ticket: ProcessPool.Ticket) {
        guard state.withLock({ $0.pool.abandon(ticket) }) else { return }
        resolve(ticket, .failure(AppError(.cancelled)))
    }

    /// What `/health/ready` says of a pool.
    struct Figures {
        let processes: Int
        /// Those that take work.
        let ready: Int
        /// Calls that run.
        let inFlight: Int
        /// Callers who wait.
        let waiting: Int
        let circuit: Circuit.State
    }

    var figures: Figures {
        let now = time.instant()
        return state.withLock {
            Figures(
                processes: $0.pool.count, ready: $0.pool.readyCount, inFlight: $0.pool.inFlight, waiting: $0.pool.waitingCount,
                circuit: $0.pool.circuit.state(at: now))
        }
    }

    // MARK: Running

    /// Keeps the processes until ``stop()`` and the last one's end.
    func run() async {
        perform(state.withLock { $0.pool.tick(time.instant()) })
        await withDiscardingTaskGroup { group in
            for await id in starts { group.addTask { await self.live(id) } }
        }
    }

    /// Time passes.
    func tick() {
        let now = time.instant()
        let actions = state.withLock { $0.pool.tick(now) }
        if !actions.isEmpty { perform(actions) }
    }

    /// All processes, for work on their wires.
    var processes: [HandlerProcess] { state.withLock { Array($0.processes.values) } }

    /// A process gets nothing new, finishes what runs, and is replaced.
    func retire(_ process: HandlerProcess, _ ailment: WireConnection.Ailment) {
        let actions = state.withLock { $0.pool.retire(process.id, patiently: ailment == .outOfNumbers, now: time.instant()) }
        if !actions.isEmpty { note("a process is replaced", process, ailment.rawValue) }
        perform(actions)
    }

    /// A process stopped or began again to answer its pings.
    func heard(_ process: HandlerProcess, _ hearing: WireConnection.Hearing) {
        let now = time.instant()
        switch hearing {
        case .unchanged: return
        case .fellSilent:
            note("a process does not answer; its calls move", process, ProcessPool.Cause.silence.rawValue)
            perform(state.withLock { $0.pool.fellSilent(process.id, now: now) })
        case .spokeAgain:
            note("a process answers again", process, "it answered late")
            perform(state.withLock { $0.pool.spokeAgain(process.id, now: now) })
        }
    }

    /// What a process uses, seen just now.
    func observe(_ process: HandlerProcess, _ sample: ProcessSample) {
        process.lastSample = sample
        let actions = state.withLock {
            $0.pool.observe(process.id, memory: sample.memory, cpu: sample.cpu, starved: sample.starved, now: time.instant())
        }
        if actions.contains(.drain(process.id)) {
            note("a process is replaced", process, "it nears a limit: \(sample.memory >> 20) MB in memory, \(sample.cpu) of processor time")
        }
        perform(actions)
    }

    private func note(_ what: Logger.Message, _ process: HandlerProcess, _ reason: String) {
        logger.warning(what, metadata: .keys([.process: "\(process.pid)", .reason: "\(reason)"]))
    }

    /// Those that have work, or all.
    func processes(working: Bool) -> [HandlerProcess] {
        state.withLock { state in
            working ? state.pool.processes.compactMap { $0.inFlight > 0 ? state.processes[$0.id] : nil } : Array(state.processes.values)
        }
    }

    /// Another version takes the calls from now on; who still comes is served.
    func supersede() { perform(state.withLock { $0.pool.supersede(time.instant()) }) }

    /// Nothing new; what runs may finish. ``run()`` returns when the last process has ended.
    func stop() {
        perform(state.withLock { $0.pool.stop(time.instant()) })
        endIfEmpty()
    }

    private func endIfEmpty() {
        if state.withLock({ $0.pool.isStoppedAndEmpty }) { start.finish() }
    }

    /// One process from its start to its end.
    private func live(_ id: ProcessPool.ID) async {
        var pid: Int32?
        var running: HandlerProcess?
        do {
            guard launch.identity(of: manifest) == program else {
                logger.notice("the program has changed; this version of it starts no more processes", metadata: .keys([.path: "\(manifest.program)"]))
                onOutdated()
                perform(state.withLock { $0.pool.outdated(id, now: time.instant()) })
                endIfEmpty()
                return
            }
            let isOnProbation = state.withLock { $0.pool.isOnProbation(id) }
            let child = try await launch.start(manifest, standing: isOnProbation ? ProcessStanding.wary : 0)
            pid = child.pid
            let process = try await launch.connect(child, id, logger, onEnd: { [weak self] in self?.lostWire(id) }) { [weak self] in self?.release(id)
            }
            running = process
            let unwanted = state.withLock { state in
                state.processes[id] = process
                return state.killed.contains(id)
            }
            if unwanted { process.kill() }
            var start = launch.greeting(manifest)
            start.describes = false
            let ready = await process.executor.run { await process.wire.start(start) }
            if ready != nil {
                logger.debug("a process is ready", metadata: .keys([.process: "\(child.pid)"]))
                perform(state.withLock { $0.pool.ready(id, now: time.instant()) })
            }
            try await process.channel.closeFuture.get()
            lostWire(id)
        } catch {
            logger.error("a process could not be run", metadata: .keys([.error: "\(String(reflecting: error))"]))
        }
        if let pid {
            let how = await reap(pid)
            running?.ending.tell(Death(how: how, cause: running?.killedFor, sample: running?.lastSample))
        }
        let actions = state.withLock { state in
            state.processes[id] = nil
            state.killed.remove(id)
            return state.pool.died(id, now: time.instant())
        }
        perform(actions)
        endIfEmpty()
    }

    /// Runs before its calls are told that it is gone: none of their slots is given to others.
    private func lostWire(_ id: ProcessPool.ID) { state.withLock { $0.pool.lostWire(id) } }

    private func reap(_ pid: Int32) async -> String {
        let how = await launch.end(pid)
        let expected = how == "exit status 0"
        logger.log(level: expected ? .debug : .error, "a process ended", metadata: .keys([.process: "\(pid)", .reason: "\(how)"]))
        return how
    }

    private func perform(_ actions: [ProcessPool.Action]) {
        for action in actions {
            switch action {
            case .start(let id): start.yield(id)
            case .demote(let id): stand(id, ProcessStanding.wary)
            case .restore(let id): stand(id, ProcessStanding.usual(manifest))
            case .drain(let id): state.withLock { $0.processes[id] }?.drain()
            case .kill(let id, let cause):
                let process = state.withLock { state in
                    state.killed.insert(id)
                    return state.processes[id]
                }
                if let process { note("a process is killed", process, cause.rawValue) }
                process?.kill(for: cause)
            case .resume(let ticket, let id):
                let process = state.withLock { $0.processes[id] }
                resolve(ticket, process.map { .success($0) } ?? .failure(AppError(.handlerFailed)))
            case .timedOut(let ticket): resolve(ticket, .failure(AppError(.deadlineExceeded)))
            case .refuse(let ticket, let reason): resolve(ticket, .failure(AppError(reason)))
            }
        }
    }

    private func stand(_ id: ProcessPool.ID, _ niceness: Int32) {
        if let process = state.withLock({ $0.processes[id] }) { ProcessStanding.set(niceness, process.program) }
    }

    private func resolve(_ ticket: ProcessPool.Ticket, _ outcome: Outcome) {
        let continuation: UnsafeContinuation<Outcome, Never>? = state.withLock { state in
            if case .waiting(let continuation) = state.waiters.removeValue(forKey: ticket) { return continuation }
            state.waiters[ticket] = .resolved(outcome)
            return nil
        }
        continuation?.resume(returning: outcome)
    }
}

extension Manifest {
    var poolLimits: ProcessPool.Limits {
        var limits = ProcessPool.Limits()
        limits.instances = instances
        limits.concurrency = concurrency
        limits.isolation = isolation
        limits.idle = idle
        limits.memory = memory
        limits.timeout = timeout
        limits.cpu = cpu
        return limits
    }
}

extension AppError {
    init(_ reason: ProcessPool.RefusalReason) {
        switch reason {
        case .queueFull: self.init(.unavailable, "Too many calls wait already; try again soon", retryAfter: .seconds(1), retryable: true)
        case .resting(let rest): self.init(.unavailable, "The handler keeps failing and rests; try again soon", retryAfter: rest, retryable: true)
        case .stopping: self.init(.unavailable, "The server is stopping", retryAfter: .seconds(1), retryable: true)
        }
    }
}
