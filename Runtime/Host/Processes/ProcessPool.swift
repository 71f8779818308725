import Kernel

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
        /// How long a process above the minimum stays without work.
        var idle: Duration = .seconds(300)
        /// Callers who may wait.
        var waiting = 1024
        /// From the start to the first word of a process.
        var startTime: Duration = .seconds(10)
        /// From the request to drain to the kill.
        var drainTime: Duration = .seconds(10)
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
        case kill(ID)
        case resume(Ticket, ID)
        case timedOut(Ticket)
        case refuse(Ticket, RefusalReason)
    }

    fileprivate enum Phase: Equatable {
        case starting(since: ContinuousClock.Instant)
        case ready
        case draining(since: ContinuousClock.Instant)
        case killed
    }

    fileprivate struct Process {
        let id: ID
        var phase: Phase
        var inFlight = 0
        var idleSince: ContinuousClock.Instant
        var readySince: ContinuousClock.Instant?
    }

    private struct Waiter {
        let ticket: Ticket
        let deadline: Deadline
        let depth: Int
    }

    let limits: Limits
    private var processes: [Process] = []
    private var waiters: [Waiter] = []
    private var nextID = 1
    private var failures = 0
    private var restUntil: ContinuousClock.Instant?
    private var stopping = false

    init(_ limits: Limits) { self.limits = limits }

    /// How many processes there are, in whatever phase.
    var count: Int { processes.count }
    /// How many take work.
    var readyCount: Int { processes.count { $0.phase == .ready } }
    var waitingCount: Int { waiters.count }
    var inFlight: Int { processes.reduce(0) { $0 + $1.inFlight } }

    var isStoppedAndEmpty: Bool { stopping && processes.isEmpty }

    // MARK: Callers

    /// Asks for a slot: the least busy process that has one, else the caller waits.
    ///
    /// A call of another handler, of depth 1 and more, may take a process's reserve as well, the deeper the more of it. So whoever is deepest finds
    /// a slot or waits for one that waits for nobody: handlers that call each other cannot lock each other out.
    mutating func lease(_ ticket: Ticket, deadline: Deadline, depth: Int = 0, now: ContinuousClock.Instant) -> Lease {
        if stopping { return .refuse(.stopping) }
        if waiters.allSatisfy({ $0.depth < depth }), let index = leastBusy(depth) {
            processes[index].inFlight += 1
            return .use(processes[index].id)
        }
        if waiters.count >= limits.waiting { return .refuse(.queueFull) }
        if let rest = resting(at: now), rest > .seconds(1), !processes.contains(where: \.takesWork) { return .refuse(.resting(rest)) }
        waiters.append(Waiter(ticket: ticket, deadline: deadline, depth: depth))
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
        return waiters.isEmpty ? [] : serveWaiters()
    }

    // MARK: Processes

    /// A process said what it serves.
    mutating func ready(_ id: ID, now: ContinuousClock.Instant) -> [Action] {
        guard let index = index(of: id), case .starting = processes[index].phase else { return [] }
        processes[index].phase = .ready
        processes[index].idleSince = now
        processes[index].readySince = now
        return serveWaiters()
    }

    /// A process is gone; its callers were told by its wire.
    mutating func died(_ id: ID, now: ContinuousClock.Instant) -> [Action] {
        guard let index = index(of: id) else { return [] }
        let process = processes.remove(at: index)
        switch process.phase {
        case .draining: break
        case .starting, .ready, .killed:
            if let since = process.readySince, since.duration(to: now) > .seconds(10) { failures = 0 }
            failures += 1
            let delay = Self.rest(after: failures)
            restUntil = delay == .zero ? nil : now.advanced(by: delay)
        }
        return serveWaiters() + startMissing(now) + refuseWhileResting(now)
    }

    /// A process's wire has ended: it gets nothing new while its end is waited for, and then ``died(_:now:)`` follows.
    mutating func lostWire(_ id: ID) {
        guard let index = index(of: id), processes[index].takesWork else { return }
        processes[index].phase = .killed
    }

    /// A process does not answer as it should: it gets nothing new, another one takes its place.
    mutating func retire(_ id: ID, now: ContinuousClock.Instant) -> [Action] {
        guard let index = index(of: id), processes[index].takesWork else { return [] }
        processes[index].phase = .draining(since: now)
        return [.drain(id)] + startMissing(now)
    }

    /// Time passes: starts that hang, callers who waited too long, processes without work.
    mutating func tick(_ now: ContinuousClock.Instant) -> [Action] {
        var actions: [Action] = []
        for index in processes.indices {
            switch processes[index].phase {
            case .starting(let since) where since.advanced(by: limits.startTime) <= now,
                .draining(let since) where since.advanced(by: limits.drainTime) <= now:
                processes[index].phase = .killed
                actions.append(.kill(processes[index].id))
            case .ready where isSurplus(processes[index], now):
                processes[index].phase = .draining(since: now)
                actions.append(.drain(processes[index].id))
            default: break
            }
        }
        if waiters.contains(where: { $0.deadline.hasPassed(at: now) }) {
            actions += waiters.filter { $0.deadline.hasPassed(at: now) }.map { .timedOut($0.ticket) }
            waiters.removeAll { $0.deadline.hasPassed(at: now) }
        }
        return actions + startMissing(now)
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

    private func index(of id: ID) -> Int? { processes.firstIndex { $0.id == id } }

    private func leastBusy(_ depth: Int) -> Int? {
        var best: Int?
        let most = limits.concurrency + depth * limits.reserve
        for index in processes.indices where processes[index].phase == .ready && processes[index].inFlight < most {
            if let chosen = best, processes[chosen].inFlight <= processes[index].inFlight { continue }
            best = index
        }
        return best
    }

    private func isSurplus(_ process: Process, _ now: ContinuousClock.Instant) -> Bool {
        process.inFlight == 0 && process.idleSince.advanced(by: limits.idle) <= now
            && processes.count(where: \.takesWork) > limits.instances.lowerBound
    }

    private func resting(at now: ContinuousClock.Instant) -> Duration? {
        restUntil.flatMap { $0 > now ? now.duration(to: $0) : nil }
    }

    private mutating func serveWaiters() -> [Action] {
        var actions: [Action] = []
        // The deepest first, among those the one that came first: where it finds no slot nobody does.
        while let depth = waiters.lazy.map(\.depth).max(), let next = waiters.firstIndex(where: { $0.depth == depth }), let index = leastBusy(depth) {
            let waiter = waiters.remove(at: next)
            processes[index].inFlight += 1
            actions.append(.resume(waiter.ticket, processes[index].id))
        }
        return actions
    }

    /// Starts what the minimum and the waiters ask for, unless it must rest.
    private mutating func startMissing(_ now: ContinuousClock.Instant) -> [Action] {
        guard !stopping, resting(at: now) == nil else { return [] }
        let live = processes.count(where: \.takesWork)
        let coming = processes.count { $0.isStarting } * limits.concurrency
        let wanted = waiters.count > coming ? (waiters.count - coming + limits.concurrency - 1) / limits.concurrency : 0
        let room = limits.instances.upperBound - live
        let missing = min(room, max(limits.instances.lowerBound - live, wanted))
        guard missing > 0 else { return [] }
        return (0..<missing).map { _ in
            let id = nextID
            nextID += 1
            processes.append(Process(id: id, phase: .starting(since: now), idleSince: now))
            return .start(id)
        }
    }

    private mutating func refuseWhileResting(_ now: ContinuousClock.Instant) -> [Action] {
        guard let rest = resting(at: now), rest > .seconds(1), !processes.contains(where: \.takesWork) else { return [] }
        defer { waiters.removeAll() }
        return waiters.map { .refuse($0.ticket, .resting(rest)) }
    }

    /// None after the first two deaths in a row, then 50 ms doubling to 10 seconds.
    private static func rest(after failures: Int) -> Duration {
        failures <= 2 ? .zero : min(.milliseconds(50) * (1 << min(failures - 3, 10)), .seconds(10))
    }
}

extension ProcessPool.Process {
    /// Whether it is or will be able to take work.
    fileprivate var takesWork: Bool {
        switch phase {
        case .starting, .ready: true
        case .draining, .killed: false
        }
    }

    fileprivate var isStarting: Bool {
        if case .starting = phase { true } else { false }
    }
}
