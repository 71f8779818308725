import Kernel

@testable import Host

/// A handler with slots, and tenants that call it again as soon as they are answered; time is counted, not waited for.
struct FairWorld {
    struct Tenant {
        var weight = 100
        /// Microseconds that one call takes.
        var cost: Int64
        /// Calls that are always on their way.
        var clients: Int
        var route = 0
    }

    private struct Running {
        var end: Int64
        var tenant: Int
        var permit: FairQueue.Permit
    }

    var queue: FairQueue
    let tenants: [Tenant]
    private let start = ContinuousClock.now
    private var now: Int64 = 0
    private var running: [Running] = []
    private var waiting: [FairQueue.Ticket: (tenant: Int, since: Int64)] = [:]
    private(set) var used: [Int64]
    private(set) var answered: [Int]
    private(set) var longestWait: [Int64]
    /// Microseconds that all slots together have worked.
    private(set) var work: Int64 = 0
    private(set) var mostRunning: [Int]

    init(_ limits: FairQueue.Limits, _ tenants: [Tenant]) {
        queue = FairQueue(limits)
        self.tenants = tenants
        used = tenants.map { _ in 0 }
        answered = tenants.map { _ in 0 }
        longestWait = tenants.map { _ in 0 }
        mostRunning = tenants.map { _ in 0 }
    }

    private var instant: ContinuousClock.Instant { start.advanced(by: .microseconds(now)) }

    mutating func enter(_ tenant: Int) {
        let spec = tenants[tenant]
        let entry = queue.enter(
            FlowKey(TenantID(UUID(high: 1, low: UInt64(tenant)))), weight: spec.weight, route: spec.route, at: instant,
            until: instant.advanced(by: .seconds(3600)))
        switch entry {
        case .run(let permit): run(tenant, permit)
        case .wait(let ticket): waiting[ticket] = (tenant, now)
        case .refuse: break
        }
    }

    private mutating func run(_ tenant: Int, _ permit: FairQueue.Permit) {
        running.append(Running(end: now + tenants[tenant].cost, tenant: tenant, permit: permit))
        mostRunning[tenant] = max(mostRunning[tenant], running.count { $0.tenant == tenant })
    }

    private mutating func apply(_ outcomes: [FairQueue.Outcome]) {
        for case .run(let ticket, let permit) in outcomes {
            guard let (tenant, since) = waiting.removeValue(forKey: ticket) else { continue }
            longestWait[tenant] = max(longestWait[tenant], now - since)
            run(tenant, permit)
        }
    }

    /// Everybody calls, for that many microseconds. What was counted before `warm` is left out.
    mutating func live(_ duration: Int64, warm: Int64 = 0) {
        for (tenant, spec) in tenants.enumerated() { for _ in 0..<spec.clients { enter(tenant) } }
        var isWarm = false
        var beat: Int64 = 25_000
        while now < duration {
            if !isWarm, now >= warm {
                isWarm = true
                used = tenants.map { _ in 0 }
                answered = tenants.map { _ in 0 }
                longestWait = tenants.map { _ in 0 }
                mostRunning = tenants.map { _ in 0 }
                work = 0
            }
            let index = running.indices.min { running[$0].end < running[$1].end }
            guard let index, running[index].end <= beat else {
                now = beat
                beat += 25_000
                apply(queue.tick(instant))
                continue
            }
            let ended = running.remove(at: index)
            now = ended.end
            used[ended.tenant] += tenants[ended.tenant].cost + FairQueue.baseCost
            work += tenants[ended.tenant].cost
            answered[ended.tenant] += 1
            apply(queue.leave(ended.permit, CallCost(cpu: UInt32(tenants[ended.tenant].cost)), at: instant))
            enter(ended.tenant)
        }
    }

    /// Each tenant's part of all that was used.
    var shares: [Double] {
        let all = Double(max(1, used.reduce(0, +)))
        return used.map { Double($0) / all }
    }
}
