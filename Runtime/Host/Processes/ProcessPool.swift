import Kernel
import Manifest

/// The processes of one handler: who is given which, when one starts, stops or is given up. A pure value; every event returns what to do.
struct ProcessPool {
    /// Numbers a process within its pool; never used twice.
    typealias ID = Int
    /// Numbers a caller who waits.
    typealias Ticket = UInt64

    struct Limits: Sendable, Equatable {
        var instances = 0...1
        var concurrency = 64
        /// What calls of other handlers may take on top of the concurrency, for each handler that they lie behind.
        var reserve: Int { max(1, concurrency / 4) }
        var isolation = Manifest.Isolation.shared
        /// How long a process above the minimum stays without work.
        var idle: Duration = .seconds(300)
        /// Callers who may wait.
        var waiting = 1024
        /// From the start to the first word of a process.
        var startTime: Duration = .seconds(10)
        /// From the request to drain to the kill.
        var drainTime: Duration = .seconds(10)
        /// How long starts are put off where another program stands in the place of this version's.
        var look: Duration = .milliseconds(200)
        /// The longest that a call may take: so long a process stays that leaves for what it uses, not for what it does.
        var timeout: Duration = .seconds(30)
        /// From the first missed ping to the kill. What the process waited for a processor meanwhile does not count.
        var silence: Duration = .seconds(1)
        /// So long it may be silent before it must yield to others.
        var yield: Duration = .milliseconds(100)
        /// What a process may hold, in bytes; from three quarters on it is replaced.
        var memory = 256 << 20
        /// Processor time that a process may use while none of its calls ends; from three quarters on it is replaced.
        var cpu: Duration = .seconds(60)
        /// Processes above the maximum in which suspects run alone.
        var alone = 3
    }

    /// Whom a process serves where not everybody shares it.
    enum Party: Hashable {
        case tenant(TenantID)
        /// Callers who have not signed in.
        case nobody

        init(_ tenant: TenantID?) { self = tenant.map { .tenant($0) } ?? .nobody }
    }

    enum Lease: Equatable {
        case use(ID)
        /// The caller waits under its ticket; first do this.
        case wait([Action])
        case refuse(RefusalReason)
    }

    enum RefusalReason: Equatable {
        case queueFull
        /// Its processes died again and again; not before that long.
        case resting(Duration)
        case stopping
    }

    enum Action: Equatable {
        case start(ID)
        /// Ask it to finish and exit.
        case drain(ID)
        case kill(ID, Cause)
        /// Let others have the processors first.
        case demote(ID)
        /// Let it have its share again.
        case restore(ID)
        case resume(Ticket, ID)
        case timedOut(Ticket)
        case refuse(Ticket, RefusalReason)
    }

    /// Why a process is ended, or replaced.
    enum Cause: String, Sendable {
        case start = "it did not say in time that it is ready"
        case drain = "it did not end in time when it was asked to"
        case silence = "it did not answer"
        case memory = "it held more memory than its limit"
        case cpu = "it used more processor time than its limit"
    }

    enum Phase: Equatable {
        case starting(since: ContinuousClock.Instant)
        case ready
        case draining(since: ContinuousClock.Instant)
        case killed
    }

    struct Process {
        let id: ID
        /// For suspects, one at a time.
        let isAlone: Bool
        var phase: Phase
        var inFlight = 0
        var idleSince: ContinuousClock.Instant
        var readySince: ContinuousClock.Instant?
        /// Whom it has served; nil: nobody yet, or everybody.
        var party: Party?
        /// Since when it does not answer pings.
        var silence: Silence?
        /// It took the place of others that died, and stands back until it has shown that it is better.
        var isOnProbation = false
        /// How long it has waited for a processor since its start, as last seen.
        var starved: Duration = .zero
        /// From the request to drain to the kill.
        var drainTime: Duration
        /// It leaves though it has work; another one takes its place at once.
        var isReplaced = false
        /// Calls that ended in it.
        var ended = 0
        /// Its processor time when a call last ended, and how many had.
        var mark: (cpu: Duration, ended: Int)?
    }

    struct Waiter {
        let ticket: Ticket
        let party: Party
        let alone: Bool
        let deadline: Deadline
        let depth: Int
    }

    var limits: Limits
    var processes: [Process] = []
    var waiters: [Waiter] = []
    private var nextID = 1
    var circuit = Circuit()
    private var stopping = false
    private var pausedUntil: ContinuousClock.Instant?

    init(_ limits: Limits) { self.limits = limits }

    /// How many processes there are, in whatever phase.
    var count: Int { processes.count }
    /// How many take work.
    var readyCount: Int { processes.count { $0.phase == .ready && $0.silence == nil } }
    var waitingCount: Int { waiters.count }
    var inFlight: Int { processes.reduce(0) { $0 + $1.inFlight } }

    var isStoppedAndEmpty: Bool { stopping && processes.isEmpty }

    // MARK: Callers

    /// Asks for a slot: the least busy process that has one, else the caller waits. `alone`: in a process in which nothing else runs meanwhile.
    ///
    /// A call of another handler, of depth 1 and more, may take a process's reserve as well, the deeper the more of it. So whoever is deepest finds
    /// a slot or waits for one that waits for nobody: handlers that call each other cannot lock each other out.
    mutating func lease(
        _ ticket: Ticket, for tenant: TenantID? = nil, alone: Bool = false, deadline: Deadline, depth: Int = 0, now: ContinuousClock.Instant
    ) -> Lease {
        if stopping { return .refuse(.stopping) }
        let waiter = Waiter(ticket: ticket, party: Party(tenant), alone: alone, deadline: deadline, depth: depth)
        if waiters.isEmpty || !waiters.contains(where: { competes($0, waiter) }), let index = choose(waiter) {
            take(index, waiter.party)
            return .use(processes[index].id)
        }
        if waiters.count >= limits.waiting { return .refuse(.queueFull) }
        if let rest = refusing(at: now) { return .refuse(.resting(rest)) }
        waiters.append(waiter)
        return .wait(startMissing(now))
    }

    /// The caller does not wait any more; false if it has been resumed already.
    mutating func abandon(_ ticket: Ticket) -> Bool {
        guard let index = waiters.firstIndex(where: { $0.ticket == ticket }) else { return false }
        waiters.remove(at: index)
        return true
    }

    /// A slot is free again.
    mutating func release(_ id: ID, now: ContinuousClock.Instant) -> [Action] {
        guard let index = index(of: id) else { return [] }
        processes[index].inFlight -= 1
        if processes[index].inFlight == 0 { processes[index].idleSince = now }
        if processes[index].phase == .killed { return [] }
        processes[index].ended += 1
        guard processes[index].phase == .ready else { return [] }
        let restored = endProbation(index, now)
        if circuit.isTrying { circuit.answered() }
        if limits.isolation == .invocation {
            processes[index].phase = .draining(since: now)
            return [.drain(id)] + startMissing(now)
        }
        return restored + (waiters.isEmpty ? [] : serveWaiters() + startMissing(now))
    }

    // MARK: Processes

    /// A process said what it serves.
    mutating func ready(_ id: ID, now: ContinuousClock.Instant) -> [Action] {
        guard let index = index(of: id), case .starting = processes[index].phase else { return [] }
        processes[index].phase = .ready
        processes[index].idleSince = now
        processes[index].readySince = now
        return serveWaiters() + startMissing(now)
    }

    /// A process is gone; its callers were told by its wire.
    mutating func died(_ id: ID, now: ContinuousClock.Instant) -> [Action] {
        guard let index = index(of: id) else { return [] }
        let process = processes.remove(at: index)
        if case .draining = process.phase {
        } else if !process.isAlone || process.readySince == nil {
            circuit.failed(at: now, lived: process.readySince.map { $0.duration(to: now) }, answered: process.ended)
        }
        return serveWaiters() + startMissing(now) + refuseWhileResting(now)
    }

    /// A process was not started, since another program stands in its place: nothing is started before that has been looked at.
    mutating func outdated(_ id: ID, now: ContinuousClock.Instant) -> [Action] {
        guard let index = index(of: id) else { return [] }
        processes.remove(at: index)
        pausedUntil = now.advanced(by: limits.look)
        return serveWaiters()
    }

    /// A process's wire has ended: it gets nothing new while its end is waited for, and then ``died(_:now:)`` follows.
    mutating func lostWire(_ id: ID) {
        guard let index = index(of: id), processes[index].takesWork else { return }
        processes[index].phase = .killed
    }

    /// A process must leave: it gets nothing new, another one takes its place. `patiently`: its calls may take all their time.
    mutating func retire(_ id: ID, patiently: Bool = false, now: ContinuousClock.Instant) -> [Action] {
        guard let index = index(of: id), processes[index].takesWork else { return [] }
        processes[index].phase = .draining(since: now)
        processes[index].isReplaced = true
        if patiently { processes[index].drainTime = max(limits.drainTime, limits.timeout) }
        return [.drain(id)] + startMissing(now)
    }

    /// What a process uses, in bytes and in processor time since its start: from three quarters of a limit on it is replaced, above the limit it is killed.
    /// `starved`: how long it has waited for a processor since its start.
    mutating func observe(_ id: ID, memory: Int, cpu: Duration, starved: Duration = .zero, now: ContinuousClock.Instant) -> [Action] {
        guard let index = index(of: id) else { return [] }
        processes[index].starved = starved
        switch processes[index].phase {
        case .starting, .killed: return []
        case .ready, .draining: break
        }
        let burnt: Duration
        if let mark = processes[index].mark, mark.ended == processes[index].ended, processes[index].inFlight > 0 {
            burnt = cpu - mark.cpu
        } else {
            processes[index].mark = (cpu, processes[index].ended)
            burnt = .zero
        }
        if memory >= limits.memory { return kill(index, .memory) + startMissing(now) }
        if burnt >= limits.cpu { return kill(index, .cpu) + startMissing(now) }
        let nearsLimit = memory >= limits.memory / 4 * 3 || burnt >= limits.cpu / 4 * 3
        return (nearsLimit ? retire(id, patiently: true, now: now) : []) + demoteIfSilent(index, now)
    }

    /// Time passes: starts that hang, processes that do not answer, callers who waited too long, processes without work.
    mutating func tick(_ now: ContinuousClock.Instant) -> [Action] {
        var actions: [Action] = []
        for index in processes.indices {
            switch processes[index].phase {
            case .killed: break
            case _ where silence(index, now) >= limits.silence: actions += kill(index, .silence)
            case .starting(let since) where since.advanced(by: limits.startTime) <= now: actions += kill(index, .start)
            case .draining(let since) where since.advanced(by: processes[index].drainTime) <= now: actions += kill(index, .drain)
            case .ready where isSurplus(processes[index], now):
                processes[index].phase = .draining(since: now)
                actions.append(.drain(processes[index].id))
            default: actions += endProbation(index, now)
            }
        }
        if waiters.contains(where: { $0.deadline.hasPassed(at: now) }) {
            actions += waiters.filter { $0.deadline.hasPassed(at: now) }.map { .timedOut($0.ticket) }
            waiters.removeAll { $0.deadline.hasPassed(at: now) }
        }
        return actions + startMissing(now)
    }

    /// Another version takes the calls from now on. Who still comes is served, but nothing is kept warm for them.
    mutating func supersede(_ now: ContinuousClock.Instant) -> [Action] {
        limits.instances = 0...limits.instances.upperBound
        limits.idle = min(limits.idle, .milliseconds(100))
        return tick(now)
    }

    /// Nothing new; everything that runs may finish.
    mutating func stop(_ now: ContinuousClock.Instant) -> [Action] {
        stopping = true
        var actions: [Action] = waiters.map { .refuse($0.ticket, .stopping) }
        waiters.removeAll()
        for index in processes.indices where processes[index].takesWork {
            processes[index].phase = .draining(since: now)
            actions.append(.drain(processes[index].id))
        }
        return actions
    }

    // MARK: Inside

    func index(of id: ID) -> Int? { processes.firstIndex { $0.id == id } }

    private mutating func take(_ index: Int, _ party: Party) {
        processes[index].inFlight += 1
        if limits.isolation != .shared { processes[index].party = party }
    }

    private mutating func kill(_ index: Int, _ cause: Cause) -> [Action] {
        processes[index].phase = .killed
        return [.kill(processes[index].id, cause)]
    }

    mutating func serveWaiters() -> [Action] {
        var actions: [Action] = []
        // The deepest first, among those the one that came first.
        var order = Array(waiters.indices)
        if waiters.contains(where: { $0.depth > 0 }) { order.sort { (-waiters[$0].depth, $0) < (-waiters[$1].depth, $1) } }
        var served: Set<Ticket> = []
        for place in order {
            let waiter = waiters[place]
            if let index = choose(waiter) {
                served.insert(waiter.ticket)
                take(index, waiter.party)
                actions.append(.resume(waiter.ticket, processes[index].id))
            } else if limits.isolation == .shared, !waiters.contains(where: { $0.alone != waiter.alone }) {
                break
            }
        }
        if !served.isEmpty { waiters.removeAll { served.contains($0.ticket) } }
        return actions
    }

    /// Starts what the minimum and the waiters ask for, unless it must rest.
    mutating func startMissing(_ now: ContinuousClock.Instant) -> [Action] {
        guard !stopping, circuit.rest(at: now) == nil, pausedUntil.map({ $0 <= now }) ?? true else { return [] }
        var actions: [Action] = []
        let missing = missing
        if missing.starts > 0 { for _ in 0..<missing.starts { actions.append(start(alone: false, now)) } }
        for id in missing.evicted {
            guard let index = index(of: id) else { continue }
            processes[index].phase = .draining(since: now)
            actions.append(.drain(id))
        }
        for _ in 0..<missingAlone { actions.append(start(alone: true, now)) }
        return actions
    }

    private mutating func start(alone: Bool, _ now: ContinuousClock.Instant) -> Action {
        let id = nextID
        nextID += 1
        var process = Process(id: id, isAlone: alone, phase: .starting(since: now), idleSince: now, drainTime: limits.drainTime)
        process.isOnProbation = circuit.isSuspect
        processes.append(process)
        return .start(id)
    }

    /// While nothing may be started and nothing runs, callers are told how long that will be.
    private func refusing(at now: ContinuousClock.Instant) -> Duration? {
        guard circuit.state(at: now) == .open, !processes.contains(where: \.takesWork) else { return nil }
        return circuit.rest(at: now)
    }

    private mutating func refuseWhileResting(_ now: ContinuousClock.Instant) -> [Action] {
        guard let rest = refusing(at: now) else { return [] }
        defer { waiters.removeAll() }
        return waiters.map { .refuse($0.ticket, .resting(rest)) }
    }
}
