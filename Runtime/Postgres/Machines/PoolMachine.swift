import Kernel

/// Who gets which connection, when one is opened and when closed. Decides only: events go in by methods, ``next(at:)`` says what to do until it
/// returns nil.
///
/// Callers wait here and not on the wire, in order, so that a caller who needs a connection for itself is never overtaken for ever. One party never
/// holds the last connection: whoever belongs to one that has all others waits for those, and is overtaken by others alone.
struct PoolMachine {
    /// What a caller asks for.
    enum Need: Equatable {
        /// A shared connection, also behind another short read.
        case shortRead
        /// A shared connection with nothing else on it.
        case alone
        /// A connection of its own.
        case own
    }

    enum Failure: Equatable { case timedOut, connectFailed, exhausted, closed }

    enum Action: Equatable {
        case open(connection: Int)
        case close(connection: Int)
        case send(request: Int, connection: Int)
        case lend(request: Int, connection: Int)
        case fail(request: Int, Failure)
    }

    struct Limits: Equatable {
        var connections: Int
        var waiting: Int
        /// The longest that a caller waits while no connection can be opened.
        var patience: Duration
    }

    struct Member {
        enum Phase: Equatable { case connecting, ready }
        let id: Int
        /// The caller for whom it is opened, or to whom it is lent.
        let owner: WaitQueue.Waiter?
        var phase = Phase.connecting
        var wasUsed = true
        var pipeline = PipelineMachine()
    }

    let limits: Limits
    private(set) var members: ContiguousArray<Member> = []
    private(set) var queue = WaitQueue()
    private var backoff = Backoff()
    private var retryAt: ContinuousClock.Instant?
    private var pending: [Action] = []
    private var lastID = 0
    private(set) var isClosed = false

    init(limits: Limits) { self.limits = limits }

    // MARK: Callers

    /// A caller asks, or asks again with its old number.
    mutating func submit(_ request: Int, _ need: Need, party: WaitQueue.Party? = nil, deadline: Deadline, at now: ContinuousClock.Instant) {
        if isClosed {
            pending.append(.fail(request: request, .closed))
        } else if queue.count >= limits.waiting {
            pending.append(.fail(request: request, .exhausted))
        } else {
            queue.append(WaitQueue.Waiter(request: request, need: need, deadline: deadline, since: now, party: party))
        }
    }

    /// What becomes of a request that nobody waits for any more: `waiting` if it was only queued, and is gone.
    enum Abandonment: Equatable {
        case waiting
        case onWire(connection: Int, cancel: Bool)
        case unknown
    }

    mutating func abandon(_ request: Int) -> Abandonment {
        if queue.remove(request) { return .waiting }
        for index in members.indices {
            if members[index].phase == .connecting, members[index].owner?.request == request {
                pending.append(.close(connection: members[index].id))
                members.remove(at: index)
                return .waiting
            }
            switch members[index].pipeline.abandon(request) {
            case .cancelHead: return .onWire(connection: members[index].id, cancel: true)
            case .leftOnWire: return .onWire(connection: members[index].id, cancel: false)
            case .notHere: continue
            }
        }
        return .unknown
    }

    // MARK: Connections

    mutating func connected(_ connection: Int) {
        guard let index = index(of: connection) else { return }
        backoff.succeeded()
        retryAt = nil
        members[index].phase = .ready
        if let owner = members[index].owner { pending.append(.lend(request: owner.request, connection: connection)) }
    }

    /// A connection could not be opened; `permanent` where another attempt would fail the same way.
    mutating func connectFailed(_ connection: Int, permanent: Bool, at now: ContinuousClock.Instant, jitter: Double) {
        if let member = remove(connection), let owner = member.owner { queue.append(owner) }
        retryAt = now.advanced(by: backoff.failed(jitter: jitter))
        guard !members.contains(where: { $0.phase == .ready && $0.owner == nil }) else { return }
        let patience = limits.patience
        for waiter in queue.remove(where: { permanent || $0.since.advanced(by: patience) <= now }) {
            pending.append(.fail(request: waiter.request, .connectFailed))
        }
    }

    /// A connection is gone, with all that was on it.
    mutating func lost(_ connection: Int) { _ = remove(connection) }

    /// The head of a connection's wire was answered.
    mutating func finished(_ connection: Int) -> PipelineMachine.Entry? {
        guard let index = index(of: connection) else { return nil }
        members[index].wasUsed = true
        return members[index].pipeline.finished()
    }

    /// A period of idle time has passed: connections unused all through it are closed.
    mutating func idlePeriodPassed() {
        for member in members where member.owner == nil && member.phase == .ready && member.pipeline.isIdle && !member.wasUsed {
            pending.append(.close(connection: member.id))
        }
        members.removeAll { $0.owner == nil && $0.phase == .ready && $0.pipeline.isIdle && !$0.wasUsed }
        for index in members.indices { members[index].wasUsed = false }
    }

    /// Changes a connection's pipeline, if it is still there.
    mutating func withPipeline<R>(_ connection: Int, _ body: (inout PipelineMachine) -> R) -> R? {
        index(of: connection).map { body(&members[$0].pipeline) }
    }

    /// No more callers: those who wait are turned away, connections close once nothing is on them.
    mutating func close() {
        isClosed = true
        for waiter in queue.remove(where: { _ in true }) { pending.append(.fail(request: waiter.request, .closed)) }
    }

    // MARK: Decisions

    /// Nothing waits for a decision.
    var isQuiet: Bool { queue.isEmpty && pending.isEmpty && !isClosed }

    mutating func next(at now: ContinuousClock.Instant) -> Action? {
        if !pending.isEmpty { return pending.removeFirst() }
        if isClosed { return closeIdle() }
        if queue.isEmpty { return nil }
        for waiter in queue.all {
            if waiter.deadline.hasPassed(at: now) {
                _ = queue.remove(waiter.request)
                return .fail(request: waiter.request, .timedOut)
            }
            if mayHoldMore(waiter.party) { return serve(waiter, at: now) }
            // It may still stand behind one of its own.
            guard waiter.need == .shortRead,
                let index = members.firstIndex(where: {
                    $0.isShared && $0.pipeline.head?.party == waiter.party && $0.pipeline.accepts(short: true)
                })
            else { continue }
            return send(waiter, index)
        }
        return nil
    }

    /// Whether a party may be given another connection: the last one stays for others.
    private func mayHoldMore(_ party: WaitQueue.Party?) -> Bool {
        guard let party, limits.connections > 1 else { return true }
        let held = members.count {
            $0.owner?.party == party || $0.pipeline.head?.party == party || $0.pipeline.second?.party == party
        }
        return held < limits.connections - 1
    }

    private mutating func serve(_ waiter: WaitQueue.Waiter, at now: ContinuousClock.Instant) -> Action? {
        if waiter.need == .own { return openOwn(waiter, at: now) }
        if let index = members.firstIndex(where: { $0.isShared && $0.pipeline.isIdle }) { return send(waiter, index) }
        if let connection = openShared(at: now) { return .open(connection: connection) }
        guard waiter.need == .shortRead,
            let index = members.firstIndex(where: { $0.isShared && $0.pipeline.accepts(short: true) })
        else { return nil }
        return send(waiter, index)
    }

    private mutating func send(_ waiter: WaitQueue.Waiter, _ index: Int) -> Action {
        _ = queue.remove(waiter.request)
        members[index].wasUsed = true
        members[index].pipeline.sent(
            PipelineMachine.Entry(request: waiter.request, isShort: waiter.need == .shortRead, deadline: waiter.deadline, party: waiter.party))
        return .send(request: waiter.request, connection: members[index].id)
    }

    private func mayOpen(at now: ContinuousClock.Instant) -> Bool {
        guard members.count < limits.connections else { return false }
        guard let retryAt else { return true }
        return now >= retryAt && !members.contains { $0.phase == .connecting }
    }

    private mutating func openShared(at now: ContinuousClock.Instant) -> Int? {
        guard mayOpen(at: now) else { return nil }
        var (opening, behind) = (0, 0)
        for member in members where member.owner == nil {
            if member.phase == .connecting { opening += 1 }
            if member.pipeline.second != nil { behind += 1 }
        }
        guard opening < queue.count + behind else { return nil }
        return add(owner: nil)
    }

    private mutating func openOwn(_ waiter: WaitQueue.Waiter, at now: ContinuousClock.Instant) -> Action? {
        if mayOpen(at: now) {
            _ = queue.remove(waiter.request)
            return .open(connection: add(owner: waiter))
        }
        guard members.count >= limits.connections, let idle = members.firstIndex(where: { $0.isShared && $0.pipeline.isIdle }) else { return nil }
        return .close(connection: members.remove(at: idle).id)
    }

    private mutating func closeIdle() -> Action? {
        guard let idle = members.firstIndex(where: { $0.owner == nil && $0.pipeline.isIdle }) else { return nil }
        return .close(connection: members.remove(at: idle).id)
    }

    private mutating func add(owner: WaitQueue.Waiter?) -> Int {
        lastID += 1
        members.append(Member(id: lastID, owner: owner))
        return lastID
    }

    private mutating func remove(_ connection: Int) -> Member? {
        index(of: connection).map { members.remove(at: $0) }
    }

    private func index(of connection: Int) -> Int? {
        members.firstIndex { $0.id == connection }
    }
}

extension PoolMachine.Member {
    fileprivate var isShared: Bool { owner == nil && phase == .ready }
}

// MARK: Time

extension PoolMachine {
    /// What must happen because time has passed: callers who waited too long fail by ``next(at:)``; those on the wire are returned, to be abandoned.
    mutating func expire(at now: ContinuousClock.Instant) -> [Int] {
        for waiter in queue.remove(where: { $0.deadline.hasPassed(at: now) }) { pending.append(.fail(request: waiter.request, .timedOut)) }
        for member in members where member.phase == .connecting {
            guard let owner = member.owner, owner.deadline.hasPassed(at: now) else { continue }
            pending.append(.close(connection: member.id))
            pending.append(.fail(request: owner.request, .timedOut))
        }
        members.removeAll { $0.phase == .connecting && $0.owner?.deadline.hasPassed(at: now) == true }
        return members.flatMap { member in
            [member.pipeline.head, member.pipeline.second].compactMap { entry in
                entry.flatMap { !$0.isAbandoned && $0.deadline.hasPassed(at: now) ? $0.request : nil }
            }
        }
    }

    /// When time alone will change something next.
    func nextMoment(after now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        var moment = queue.isEmpty ? nil : retryAt.flatMap { $0 > now ? $0 : nil }
        func consider(_ deadline: Deadline?) {
            if let instant = deadline?.instant, moment.map({ instant < $0 }) ?? true { moment = instant }
        }
        for waiter in queue.all { consider(waiter.deadline) }
        for member in members {
            if member.phase == .connecting { consider(member.owner?.deadline) }
            for entry in [member.pipeline.head, member.pipeline.second] where entry?.isAbandoned == false { consider(entry?.deadline) }
        }
        return moment
    }
}
