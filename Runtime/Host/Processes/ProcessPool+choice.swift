import Manifest

/// Which process serves whom, and how many more are needed.
extension ProcessPool {
    /// Whether one who waits would be given the same slot, and so goes first.
    func competes(_ waiter: Waiter, _ newcomer: Waiter) -> Bool {
        waiter.alone == newcomer.alone && waiter.depth >= newcomer.depth && (limits.isolation != .tenant || waiter.party == newcomer.party)
    }

    /// The least busy process that may serve a party; one that is the party's already goes before one that is nobody's.
    func choose(_ waiter: Waiter) -> Int? {
        var best: Int?
        for index in processes.indices where serves(processes[index], waiter) {
            if let chosen = best {
                let (other, this) = (processes[chosen], processes[index])
                let isBetter = (other.party == nil) == (this.party == nil) ? this.inFlight < other.inFlight : other.party == nil
                if !isBetter { continue }
            }
            best = index
        }
        return best
    }

    private func serves(_ process: Process, _ waiter: Waiter) -> Bool {
        guard process.phase == .ready, process.silence == nil, process.isAlone == waiter.alone else { return false }
        let most = waiter.alone || circuit.isTrying ? 1 : limits.concurrency + waiter.depth * limits.reserve
        guard process.inFlight < most else { return false }
        switch limits.isolation {
        case .shared: return true
        case .tenant: return process.party == nil || process.party == waiter.party
        case .invocation: return process.party == nil
        }
    }

    func isSurplus(_ process: Process, _ now: ContinuousClock.Instant) -> Bool {
        guard process.inFlight == 0 else { return false }
        if process.isAlone { return !waiters.contains { $0.alone && (process.party == nil || process.party == $0.party) } }
        guard process.idleSince.advanced(by: limits.idle) <= now else { return false }
        if limits.isolation != .shared, process.party != nil { return true }
        return processes.count { $0.takesWork && !$0.isAlone && (limits.isolation == .shared || $0.party == nil) } > limits.instances.lowerBound
    }

    /// How many to start, and which idle processes of other tenants make room for those that do not fit.
    var missing: (starts: Int, evicted: [ID]) {
        let ordinary = processes.filter { !$0.isAlone }
        let starting = ordinary.count(where: \.isStarting)
        let wanted = max(0, processesWanted - starting)
        let able = ordinary.filter { $0.takesWork && $0.silence == nil }
        let warm = limits.isolation == .shared ? able.count : max(0, able.count { $0.party == nil } - (processesWanted - wanted))
        var kept = max(0, limits.instances.lowerBound - warm)
        if able.isEmpty, ordinary.contains(where: { $0.silence != nil && $0.phase == .ready }) { kept = max(kept, 1) }
        let asked = limits.isolation == .shared ? max(wanted, kept) : wanted + kept
        // One that does not answer holds no place, so that another can take its work.
        let silent = ordinary.contains { $0.silence != nil && holdsPlace($0) } ? 1 : 0
        let room = limits.instances.upperBound + silent - ordinary.count(where: holdsPlace)
        let most = circuit.isTrying ? min(room, 1 - able.count) : room
        let starts = max(0, min(most, asked))
        guard limits.isolation == .tenant, starts < wanted else { return (starts, []) }
        let leaving = ordinary.count { !$0.takesWork && holdsPlace($0) }
        let idle = able.filter { $0.phase == .ready && $0.inFlight == 0 && $0.party != nil }.sorted { $0.idleSince < $1.idleSince }
        return (starts, idle.prefix(max(0, wanted - starts - leaving)).map(\.id))
    }

    /// Suspects that wait get processes of their own, the first where there is room, at most ``Limits/alone`` above it.
    var missingAlone: Int {
        let waiting = waiters.count(where: \.alone)
        guard waiting > 0 else { return 0 }
        let lone = processes.filter(\.isAlone)
        let able = lone.count { $0.takesWork && $0.silence == nil && $0.party == nil || $0.isStarting }
        return max(0, min(limits.isolation == .shared ? 1 - able : waiting - able, limits.alone - lone.count))
    }

    /// How many processes those who wait would fill.
    private var processesWanted: Int {
        let ordinary = waiters.lazy.filter { !$0.alone }
        switch limits.isolation {
        case .shared: return filled(ordinary.count)
        case .invocation: return ordinary.count
        case .tenant:
            guard !waiters.isEmpty else { return 0 }
            var counts: [Party: Int] = [:]
            for waiter in ordinary { counts[waiter.party, default: 0] += 1 }
            return counts.values.reduce(0) { $0 + filled($1) }
        }
    }

    private func filled(_ callers: Int) -> Int { (callers + limits.concurrency - 1) / limits.concurrency }

    /// Whether it counts against the maximum. Where processes are shared, one that leaves does not: what follows it must not wait for it.
    private func holdsPlace(_ process: Process) -> Bool {
        process.takesWork || limits.isolation != .shared && !process.isReplaced && process.phase != .killed
    }
}

extension ProcessPool.Process {
    /// Whether it is or will be able to take work.
    var takesWork: Bool {
        switch phase {
        case .starting, .ready: true
        case .draining, .killed: false
        }
    }

    var isStarting: Bool {
        if case .starting = phase { true } else { false }
    }
}
