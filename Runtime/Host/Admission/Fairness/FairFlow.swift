import Kernel

/// Who shares a handler with others: a tenant, or for calls of nobody in particular their address.
struct FlowKey: Sendable, Hashable {
    private let high: UInt64
    private let low: UInt64

    init(_ tenant: TenantID) { (high, low) = (tenant.uuid.high, tenant.uuid.low) }

    init(_ address: ClientAddress) { (high, low) = (address.network.high, address.network.low) }
}

/// What one call used of a handler and the database.
struct CallCost: Sendable, Equatable {
    /// Microseconds of processor time in the handler, and of waiting for the database.
    var cpu: UInt32 = 0
    var database: UInt32 = 0
    /// Bytes of the request's and the answer's body, and of what the database returned.
    var bytes: Int = 0
}

/// One flow's share of a ``FairQueue``.
struct FairFlow {
    let key: FlowKey
    /// 100 is an ordinary share.
    var weight: Int64
    /// The virtual time at which its next call is due.
    var tag: Int64
    var waitingLight = FairLine()
    var waitingHeavy = FairLine()
    /// When it was last given a slot.
    var lastTurn: ContinuousClock.Instant?
    /// Permits held.
    var running = 0
    var runningHeavy = 0
    /// Microseconds that a call of each route has cost lately; below zero: not known yet.
    var estimates: [Int32] = []

    init(key: FlowKey, weight: Int64, tag: Int64) {
        self.key = key
        self.weight = weight
        self.tag = tag
    }

    var isWaiting: Bool { !waitingLight.isEmpty || !waitingHeavy.isEmpty }
    var isIdle: Bool { running == 0 && !isWaiting }

    func estimate(_ route: Int) -> Int32 { route < estimates.count ? estimates[route] : -1 }

    /// Puts the waiting calls of a route into the other line, in the order of their arrival.
    mutating func move(_ route: Int, toHeavy: Bool) {
        if toHeavy {
            waitingHeavy.merge(waitingLight.take(route))
        } else {
            waitingLight.merge(waitingHeavy.take(route))
        }
    }

    /// The newest call weighs a quarter, the first one all.
    mutating func learn(_ route: Int, _ cost: Int64) {
        while estimates.count <= route { estimates.append(-1) }
        let cost = Int32(clamping: cost)
        let known = estimates[route]
        estimates[route] = known < 0 ? cost : known + (cost - known) / 4
    }
}

/// Calls of one flow that wait, the oldest first.
struct FairLine {
    struct Waiter {
        let ticket: FairQueue.Ticket
        let route: Int
        let since: ContinuousClock.Instant
        let until: ContinuousClock.Instant
    }

    private var items: [Waiter] = []
    private var head = 0

    var isEmpty: Bool { head == items.count }
    var count: Int { items.count - head }
    var first: Waiter? { isEmpty ? nil : items[head] }

    mutating func append(_ waiter: Waiter) { items.append(waiter) }

    mutating func removeFirst() -> Waiter {
        defer {
            head += 1
            if head == items.count {
                items.removeAll(keepingCapacity: true)
                head = 0
            } else if head > 64, head * 2 > items.count {
                items.removeSubrange(..<head)
                head = 0
            }
        }
        return items[head]
    }

    mutating func remove(_ ticket: FairQueue.Ticket) -> Bool {
        guard let index = items[head...].firstIndex(where: { $0.ticket == ticket }) else { return false }
        items.remove(at: index)
        if head == items.count {
            items.removeAll(keepingCapacity: true)
            head = 0
        }
        return true
    }

    /// Takes out all of a route.
    mutating func take(_ route: Int) -> [Waiter] {
        let taken = items[head...].filter { $0.route == route }
        items = items[head...].filter { $0.route != route }
        head = 0
        return taken
    }

    mutating func merge(_ others: [Waiter]) {
        guard !others.isEmpty else { return }
        items = (items[head...] + others).sorted { $0.ticket < $1.ticket }
        head = 0
    }

    mutating func removeExpired(at now: ContinuousClock.Instant, _ expired: (FairQueue.Ticket) -> Void) {
        guard items[head...].contains(where: { $0.until <= now }) else { return }
        for waiter in items[head...] where waiter.until <= now { expired(waiter.ticket) }
        items.removeSubrange(..<head)
        head = 0
        items.removeAll { $0.until <= now }
    }
}
