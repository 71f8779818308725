import Kernel

/// Shares the slots of one handler between tenants by weight, on measured cost: start-time fair queueing (Goyal, Vin and Cheng, 1996). A pure value.
///
/// Each flow has a tag, the virtual time at which its next call is due. A call moves it on by what calls of its route have cost the tenant lately,
/// divided by the tenant's weight; the receipt corrects that at the end. A free slot goes to the waiting flow with the smallest tag.
///
/// What holds:
/// - **Shares.** While flows wait, each gets slots in proportion to its weight on cost, whatever the others ask for.
/// - **Work conservation.** A call waits only while all slots are taken, or for one of the two reasons below.
/// - **A reserve.** One flow never holds the last eighth of the slots.
/// - **Heavy calls.** A call cannot be taken back once it runs, so calls that are known to be heavy (20 ms of processor and database) hold few slots
///   at once: half of the connections, at least one for each core, while nobody else calls; beside light calls of others one slot for each
///   heavy flow, at least `heavyBeside`.
/// - **No starvation.** A flow that waits and has had no turn for five seconds goes first, and no tag runs ahead by more than ten seconds of cost.
/// - **Bounds.** So many may wait for one flow, and for all.
struct FairQueue {
    typealias Ticket = UInt64

    struct Limits: Sendable, Equatable {
        /// Calls that may run at once.
        var slots = 64
        /// Database connections of the processes that run now.
        var connections = 4
        /// Processor cores.
        var cores = 2
        /// Heavy calls at once beside light ones of other flows; more where more flows have heavy calls.
        var heavyBeside = 1
        /// Calls that may wait, of one flow and of all.
        var waitingPerFlow = 256
        var waiting = 1024
        /// Flows that are remembered while they are idle.
        var flows = 4096
    }

    enum Entry: Equatable {
        /// Run, and leave with this permit.
        case run(Permit)
        /// Wait under the ticket.
        case wait(Ticket)
        case refuse(Refusal)
    }

    enum Refusal: Equatable {
        /// Too many calls of this flow wait, or of all.
        case flowFull, full
    }

    /// A slot that is held; given back once.
    struct Permit: Sendable, Equatable {
        fileprivate let ticket: Ticket
        fileprivate let slot: Int
        fileprivate let flow: Int
        fileprivate let route: Int
        fileprivate let estimate: Int64
        fileprivate let isBusy: Bool
    }

    private struct Slot {
        var ticket: Ticket = 0
        var flow = 0
        var route = 0
        var isHeavy = false
        /// Its answer has begun.
        var isLightened = false
    }

    /// What becomes of those who wait.
    enum Outcome: Equatable {
        case run(Ticket, Permit)
        /// It waited for as long as it may.
        case expired(Ticket)
    }

    /// Calls that cost this many microseconds are heavy.
    static let heavyCost: Int64 = 20_000
    /// What every call costs at least, in microseconds.
    static let baseCost: Int64 = 100
    /// How long a light call makes its flow count as present.
    static let presence: Duration = .seconds(1)
    /// How far a tag may run ahead, in microseconds of cost at the weight 100.
    static let longestDebt: Int64 = 10_000_000
    /// Who waits and has had no turn for so long goes first.
    static let patience: Duration = .seconds(5)

    private(set) var limits: Limits
    private var flows: [FairFlow?] = []
    private var free: [Int] = []
    private var places: [FlowKey: Int] = [:]
    /// Places of the flows that wait.
    private var waitingFlows: [Int] = []
    private var slots: [Slot] = []
    private var freeSlots: [Int] = []
    private var virtual: Int64 = 0
    private var lastTicket: Ticket = 0
    private(set) var running = 0
    private(set) var runningHeavy = 0
    /// Of those that run, how many are known to use something, or not known yet.
    private var runningBusy = 0
    private(set) var waiting = 0
    /// The last two flows with a light call, and when.
    private var present: (place: Int, at: ContinuousClock.Instant)?
    private var presentBefore: (place: Int, at: ContinuousClock.Instant)?

    init(_ limits: Limits) { self.limits = limits }

    /// The processes that run have changed.
    mutating func set(connections: Int) { limits.connections = max(1, connections) }

    // MARK: Calls

    /// A call arrives. `until` is when it does not wait any more.
    mutating func enter(_ key: FlowKey, weight: Int, route: Int, at now: ContinuousClock.Instant, until: ContinuousClock.Instant) -> Entry {
        let place = place(of: key, weight: weight)
        let estimate = Int64(flows[place]!.estimate(route))
        let isHeavy = estimate >= Self.heavyCost
        if !isHeavy { note(place, at: now) }
        // Whoever paused has saved up nothing.
        if !flows[place]!.isWaiting { flows[place]!.tag = max(flows[place]!.tag, virtual) }
        let isFirst = isHeavy ? flows[place]!.waitingHeavy.isEmpty : flows[place]!.waitingLight.isEmpty
        // A free slot that nobody who waits may take.
        if isFirst, mayRun(place, heavy: isHeavy, at: now), waiting == 0 || next(at: now) == nil {
            return .run(grant(place, route: route, heavy: isHeavy, at: now))
        }
        if waiting >= limits.waiting { return .refuse(.full) }
        if flows[place]!.waitingLight.count + flows[place]!.waitingHeavy.count >= limits.waitingPerFlow { return .refuse(.flowFull) }
        if !flows[place]!.isWaiting { waitingFlows.append(place) }
        lastTicket += 1
        let waiter = FairLine.Waiter(ticket: lastTicket, route: route, since: now, until: until)
        if isHeavy { flows[place]!.waitingHeavy.append(waiter) } else { flows[place]!.waitingLight.append(waiter) }
        waiting += 1
        return .wait(lastTicket)
    }

    /// A call is over; nil: it used nothing that was measured. Gives the slot to others. A permit that was given back already changes nothing.
    mutating func leave(_ permit: Permit, _ cost: CallCost?, at now: ContinuousClock.Instant) -> [Outcome] {
        guard slots[permit.slot].ticket == permit.ticket else { return [] }
        let crowd = max(1, runningBusy)
        makeLight(permit)
        slots[permit.slot].ticket = 0
        freeSlots.append(permit.slot)
        running -= 1
        flows[permit.flow]!.running -= 1
        if permit.isBusy { runningBusy -= 1 }
        if let cost {
            let measured = Self.measure(cost, crowd: crowd, connections: limits.connections)
            let wasHeavy = isHeavy(permit.flow, permit.route)
            flows[permit.flow]!.learn(permit.route, measured)
            let isHeavy = isHeavy(permit.flow, permit.route)
            if isHeavy != wasHeavy { reclass(permit.flow, permit.route, heavy: isHeavy) }
            let correction = (measured - permit.estimate) * 100 / flows[permit.flow]!.weight
            flows[permit.flow]!.tag = min(flows[permit.flow]!.tag + correction, virtual + Self.longestDebt)
        }
        return waiting == 0 ? [] : grantAll(at: now)
    }

    /// A call's answer has begun: what is left waits for the client, not for the database.
    mutating func lighten(_ permit: Permit, at now: ContinuousClock.Instant) -> [Outcome] {
        guard slots[permit.slot].ticket == permit.ticket, !slots[permit.slot].isLightened else { return [] }
        slots[permit.slot].isLightened = true
        makeLight(permit)
        return waiting == 0 ? [] : grantAll(at: now)
    }

    /// A caller does not wait any more; false if it does not.
    mutating func abandon(_ ticket: Ticket) -> Bool {
        for place in waitingFlows where flows[place]!.waitingLight.remove(ticket) || flows[place]!.waitingHeavy.remove(ticket) {
            waiting -= 1
            settle(place)
            return true
        }
        return false
    }

    /// Time passes: ends waits that are too long, and grants what others' absence allows.
    mutating func tick(_ now: ContinuousClock.Instant) -> [Outcome] {
        guard waiting > 0 else { return [] }
        var outcomes: [Outcome] = []
        for place in waitingFlows {
            flows[place]!.waitingLight.removeExpired(at: now) { outcomes.append(.expired($0)) }
            flows[place]!.waitingHeavy.removeExpired(at: now) { outcomes.append(.expired($0)) }
        }
        waiting -= outcomes.count
        waitingFlows.removeAll { !flows[$0]!.isWaiting }
        return outcomes + grantAll(at: now)
    }

    /// Whether somebody waits who might run.
    func isIdling(at now: ContinuousClock.Instant) -> Bool { waiting > 0 && next(at: now) != nil }

    // MARK: Cost

    /// Microseconds of cost. The database's part holds the wait for a connection; where more calls ran than there are connections, only as much of it
    /// counts as one of them can have used.
    static func measure(_ cost: CallCost, crowd: Int, connections: Int) -> Int64 {
        let database = Int64(cost.database) * Int64(min(crowd, connections)) / Int64(max(1, crowd))
        return baseCost + Int64(cost.cpu) + database + Int64(cost.bytes) / 256
    }

    // MARK: Decisions

    /// How many heavy calls may run now, where `place` asks for one more.
    private func heavyLimit(for place: Int, at now: ContinuousClock.Instant) -> Int {
        let alone = max(limits.cores, limits.connections / 2, limits.heavyBeside)
        guard othersArePresent(beside: place, at: now) else { return alone }
        let heavyFlows = waitingFlows.count { !flows[$0]!.waitingHeavy.isEmpty || flows[$0]!.runningHeavy > 0 }
        let own = waitingFlows.contains(place) ? 0 : 1
        return min(alone, max(limits.heavyBeside, heavyFlows + own))
    }

    /// Whether another flow has had light calls a moment ago.
    private func othersArePresent(beside place: Int, at now: ContinuousClock.Instant) -> Bool {
        for seen in [present, presentBefore] {
            if let seen, seen.place != place, seen.at.advanced(by: Self.presence) > now { return true }
        }
        return false
    }

    private mutating func note(_ place: Int, at now: ContinuousClock.Instant) {
        if present?.place != place { presentBefore = present }
        present = (place, now)
    }

    private func mayRun(_ place: Int, heavy: Bool, at now: ContinuousClock.Instant) -> Bool {
        guard running < limits.slots, flows[place]!.running < limits.slots - limits.slots / 8 else { return false }
        return !heavy || runningHeavy < heavyLimit(for: place, at: now)
    }

    /// The flow that is served next, and from which of its lines.
    private func next(at now: ContinuousClock.Instant) -> (place: Int, heavy: Bool)? {
        guard running < limits.slots else { return nil }
        var best: (place: Int, heavy: Bool)?
        var bestSince = now
        var bestIsOverdue = false
        for place in waitingFlows {
            for heavy in [false, true] {
                guard let waiter = heavy ? flows[place]!.waitingHeavy.first : flows[place]!.waitingLight.first,
                    mayRun(place, heavy: heavy, at: now)
                else { continue }
                let lastTurn = max(waiter.since, flows[place]!.lastTurn ?? waiter.since)
                let isOverdue = lastTurn.advanced(by: Self.patience) <= now
                if let chosen = best {
                    let earlier =
                        chosen.place == place || (isOverdue && bestIsOverdue)
                        ? lastTurn < bestSince
                        : isOverdue == bestIsOverdue ? flows[place]!.tag < flows[chosen.place]!.tag : isOverdue
                    if !earlier { continue }
                }
                best = (place, heavy)
                bestSince = lastTurn
                bestIsOverdue = isOverdue
            }
        }
        return best
    }

    private mutating func grantAll(at now: ContinuousClock.Instant) -> [Outcome] {
        var outcomes: [Outcome] = []
        while waiting > 0, let (place, heavy) = next(at: now) {
            let waiter = heavy ? flows[place]!.waitingHeavy.removeFirst() : flows[place]!.waitingLight.removeFirst()
            waiting -= 1
            if !heavy { note(place, at: now) }
            outcomes.append(.run(waiter.ticket, grant(place, route: waiter.route, heavy: heavy, at: now)))
            settle(place)
        }
        return outcomes
    }

    private mutating func grant(_ place: Int, route: Int, heavy: Bool, at now: ContinuousClock.Instant) -> Permit {
        lastTicket += 1
        running += 1
        let estimate = max(Self.baseCost, Int64(flows[place]!.estimate(route)))
        virtual = max(virtual, flows[place]!.tag)
        // Whoever had to wait for a reason of its own has saved up little.
        flows[place]!.tag = max(flows[place]!.tag, virtual - Self.longestDebt)
        flows[place]!.tag = min(flows[place]!.tag + estimate * 100 / flows[place]!.weight, virtual + Self.longestDebt)
        flows[place]!.running += 1
        flows[place]!.lastTurn = now
        if heavy {
            runningHeavy += 1
            flows[place]!.runningHeavy += 1
        }
        let isBusy = flows[place]!.estimate(route) < 0 || estimate >= 2 * Self.baseCost
        if isBusy { runningBusy += 1 }
        let slot = freeSlots.popLast() ?? slots.count
        if slot == slots.count { slots.append(Slot()) }
        slots[slot] = Slot(ticket: lastTicket, flow: place, route: route, isHeavy: heavy)
        return Permit(ticket: lastTicket, slot: slot, flow: place, route: route, estimate: estimate, isBusy: isBusy)
    }

    private func isHeavy(_ place: Int, _ route: Int) -> Bool { flows[place]!.estimate(route) >= Self.heavyCost }

    /// Calls of a route turned out to be heavy, or not to be: those that run and wait count as what they are from now on.
    private mutating func reclass(_ place: Int, _ route: Int, heavy: Bool) {
        flows[place]!.move(route, toHeavy: heavy)
        for slot in slots.indices
        where slots[slot].ticket != 0 && slots[slot].flow == place && slots[slot].route == route && slots[slot].isHeavy != heavy {
            if heavy && slots[slot].isLightened { continue }
            slots[slot].isHeavy = heavy
            runningHeavy += heavy ? 1 : -1
            flows[place]!.runningHeavy += heavy ? 1 : -1
        }
    }

    private mutating func makeLight(_ permit: Permit) {
        guard slots[permit.slot].isHeavy else { return }
        slots[permit.slot].isHeavy = false
        runningHeavy -= 1
        flows[permit.flow]!.runningHeavy -= 1
    }

    private mutating func settle(_ place: Int) {
        if !flows[place]!.isWaiting, let index = waitingFlows.firstIndex(of: place) { waitingFlows.remove(at: index) }
    }

    // MARK: Flows

    private mutating func place(of key: FlowKey, weight: Int) -> Int {
        if let place = places[key] {
            flows[place]!.weight = Int64(max(1, weight))
            return place
        }
        if places.count >= limits.flows { forgetIdle() }
        let place = free.popLast() ?? flows.count
        let flow = FairFlow(key: key, weight: Int64(max(1, weight)), tag: virtual)
        if place == flows.count { flows.append(flow) } else { flows[place] = flow }
        places[key] = place
        return place
    }

    /// Flows that run and wait for nothing and owe nothing are as good as new ones.
    private mutating func forgetIdle() {
        for place in flows.indices {
            guard let flow = flows[place], flow.isIdle else { continue }
            flows[place] = nil
            places[flow.key] = nil
            free.append(place)
        }
        present = nil
        presentBefore = nil
    }
}
