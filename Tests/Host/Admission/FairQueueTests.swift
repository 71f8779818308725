import Kernel
import Testing

@testable import Host

@Suite("Turns between tenants") struct FairQueueTests {
    private let start = ContinuousClock.now
    private func limits(slots: Int = 16, connections: Int = 4, cores: Int = 2) -> FairQueue.Limits {
        var limits = FairQueue.Limits()
        (limits.slots, limits.connections, limits.cores) = (slots, connections, cores)
        return limits
    }

    private func key(_ number: UInt64) -> FlowKey { FlowKey(TenantID(UUID(high: 1, low: number))) }

    @Test(
        "shares follow the weights within 10 %, whatever a call costs and however many calls come",
        arguments: [
            [FairWorld.Tenant(weight: 100, cost: 1000, clients: 200), .init(weight: 300, cost: 1000, clients: 100)],
            [.init(weight: 100, cost: 300, clients: 100), .init(weight: 100, cost: 9000, clients: 200)],
            [.init(weight: 50, cost: 2000, clients: 60), .init(weight: 100, cost: 500, clients: 60), .init(weight: 350, cost: 7000, clients: 60)],
            [.init(weight: 100, cost: 80_000, clients: 200), .init(weight: 300, cost: 80_000, clients: 200)],
            [.init(weight: 100, cost: 200_000, clients: 200), .init(weight: 200, cost: 40_000, clients: 50)],
        ])
    func shares(tenants: [FairWorld.Tenant]) {
        var world = FairWorld(limits(), tenants)
        world.live(60_000_000, warm: 5_000_000)
        let weights = Double(tenants.reduce(0) { $0 + $1.weight })
        for (tenant, share) in zip(tenants, world.shares) {
            let fair = Double(tenant.weight) / weights
            #expect(abs(share - fair) <= 0.1 * fair, "share \(share), by weight \(fair)")
        }
    }

    @Test("pitfall 38: two hundred slow calls of one tenant leave the others their slots") func slowTenant() {
        var world = FairWorld(limits(), [.init(cost: 150_000, clients: 200), .init(cost: 1000, clients: 4)])
        world.live(30_000_000, warm: 2_000_000)
        #expect(world.longestWait[1] == 0, "a light call never waits behind heavy ones")
        #expect(world.mostRunning[0] == 1, "beside light calls one heavy call at once")
        #expect(world.answered[0] > 100, "and that one all the time")
    }

    @Test("alone, heavy calls get more slots, and light ones nearly all") func alone() {
        var heavy = FairWorld(limits(connections: 8), [.init(cost: 150_000, clients: 200)])
        heavy.live(20_000_000, warm: 2_000_000)
        #expect(heavy.mostRunning[0] == 4)
        var light = FairWorld(limits(slots: 64), [.init(cost: 1000, clients: 200)])
        light.live(2_000_000, warm: 500_000)
        #expect(light.mostRunning[0] == 56)
        #expect(Double(light.work) >= 0.99 * 56 * 1_500_000, "no slot rests while somebody waits")
    }

    @Test("a burst of calls that nobody knows yet leaves the reserve") func burst() {
        var queue = FairQueue(limits(slots: 16))
        var running = 0
        for _ in 0..<200 {
            if case .run = queue.enter(key(1), weight: 100, route: 0, at: start, until: start.advanced(by: .seconds(9))) { running += 1 }
        }
        #expect(running == 14)
        #expect(queue.waiting == 186)
        guard case .run = queue.enter(key(2), weight: 100, route: 0, at: start, until: start) else {
            Issue.record("the reserve was taken")
            return
        }
    }

    @Test("the smallest weight is served too: nobody who waits goes without a turn for longer than the patience") func starvation() {
        var world = FairWorld(
            limits(slots: 4), [.init(weight: 1, cost: 1000, clients: 1)] + (0..<5).map { _ in .init(weight: 10_000, cost: 1000, clients: 50) })
        world.live(60_000_000, warm: 1_000_000)
        #expect(world.answered[0] >= 10)
        #expect(world.longestWait[0] <= 5_000_000 + 2000, "\(world.longestWait[0]) µs")
    }

    @Test("calls that waited before their cost was known count as what they turn out to be") func learned() {
        var queue = FairQueue(limits(slots: 8))
        let later = start.advanced(by: .seconds(60))
        var permits: [FairQueue.Permit] = []
        for _ in 0..<20 { if case .run(let permit) = queue.enter(key(1), weight: 100, route: 0, at: start, until: later) { permits.append(permit) } }
        #expect(permits.count == 7)
        let first = queue.leave(permits[0], CallCost(cpu: 100_000), at: start)
        #expect(first.isEmpty, "six heavy ones run already")
        #expect(queue.runningHeavy == 6)
        guard case .run(let other) = queue.enter(key(2), weight: 100, route: 0, at: start, until: later) else {
            Issue.record("a light call of another must run")
            return
        }
        for permit in permits[1..<6] {
            let outcomes = queue.leave(permit, CallCost(cpu: 100_000), at: start)
            #expect(outcomes.isEmpty)
        }
        let outcomes = queue.leave(permits[6], CallCost(cpu: 100_000), at: start)
        #expect(outcomes.count == 1, "beside a light call one heavy call at once")
        _ = other
    }

    @Test("who was idle has saved up nothing") func noCredit() {
        var queue = FairQueue(limits(slots: 1))
        let later = start.advanced(by: .seconds(9))
        guard case .run(let first) = queue.enter(key(1), weight: 100, route: 0, at: start, until: later) else { return }
        var order: [UInt64] = []
        var tickets: [FairQueue.Ticket: UInt64] = [:]
        // Tenant 1 has worked for long; tenant 2 comes only now.
        for flow in [1, 1, 1, 2, 2, 2] as [UInt64] {
            if case .wait(let ticket) = queue.enter(key(flow), weight: 100, route: 0, at: start, until: later) { tickets[ticket] = flow }
        }
        var outcomes = queue.leave(first, CallCost(cpu: 1000), at: start)
        while case .run(let ticket, let permit)? = outcomes.first {
            order.append(tickets[ticket] ?? 0)
            outcomes = queue.leave(permit, CallCost(cpu: 1000), at: start)
        }
        #expect(order == [2, 1, 2, 1, 2, 1] || order == [2, 2, 1, 2, 1, 1], "\(order)")
    }

    @Test("so many wait and no more, each for so long and no longer") func bounds() {
        var limits = limits(slots: 1)
        (limits.waitingPerFlow, limits.waiting) = (3, 5)
        var queue = FairQueue(limits)
        func enter(_ flow: UInt64, wait: Int = 10) -> FairQueue.Entry {
            queue.enter(key(flow), weight: 100, route: 0, at: start, until: start.advanced(by: .seconds(wait)))
        }
        guard case .run = enter(1) else {
            Issue.record("the first call must run")
            return
        }
        for _ in 0..<3 { guard case .wait = enter(1) else { Issue.record("must wait"); return } }
        #expect(enter(1) == .refuse(.flowFull))
        guard case .wait(let soon) = enter(2, wait: 2), case .wait(let gone) = enter(2) else { Issue.record("must wait"); return }
        #expect(enter(2) == .refuse(.full))
        let seen1 = queue.abandon(gone)
        #expect(seen1)
        let seen2 = queue.abandon(gone)
        #expect(!seen2)
        #expect(queue.tick(start.advanced(by: .seconds(1))).isEmpty)
        #expect(queue.tick(start.advanced(by: .seconds(2))) == [.expired(soon)])
        #expect(queue.waiting == 3)
        #expect(queue.tick(start.advanced(by: .seconds(10))).count == 3)
        #expect(queue.waiting == 0)
    }

    @Test("an answer that has begun is not heavy any more") func lightened() {
        var queue = FairQueue(limits())
        let later = start.advanced(by: .seconds(60))
        func enter(_ flow: UInt64) -> FairQueue.Entry { queue.enter(key(flow), weight: 100, route: 0, at: start, until: later) }
        guard case .run(let teacher) = enter(1) else { return }
        _ = queue.leave(teacher, CallCost(cpu: 100_000), at: start)
        guard case .run(let one) = enter(1), case .run = enter(1), case .wait(let third) = enter(1) else {
            Issue.record("two heavy calls run on two cores, the third waits")
            return
        }
        let outcomes = queue.lighten(one, at: start)
        guard case .run(let ticket, _)? = outcomes.first else {
            Issue.record("its place was not given on")
            return
        }
        #expect(ticket == third)
        let seen3 = queue.lighten(one, at: start)
        #expect(seen3.isEmpty)
        #expect(queue.runningHeavy == 2)
    }

    @Test("waiting for a connection is no cost: only what one call can have used counts") func crowd() {
        #expect(FairQueue.measure(CallCost(cpu: 50, database: 6400, bytes: 2560), crowd: 64, connections: 4) == 100 + 50 + 400 + 10)
        #expect(FairQueue.measure(CallCost(cpu: 0, database: 150_000), crowd: 2, connections: 4) == 150_100)
    }

    @Test("100,000 random events: no permit is lost or given twice, nobody waits who might run") func random() {
        var random = FastRandom()
        var limits = limits(slots: 12)
        limits.flows = 16
        (limits.waitingPerFlow, limits.waiting) = (10, 40)
        var queue = FairQueue(limits)
        var now = start
        var held: [FairQueue.Permit] = []
        var given: [FairQueue.Permit] = []
        var waiting: Set<FairQueue.Ticket> = []
        func take(_ outcomes: [FairQueue.Outcome]) {
            for outcome in outcomes {
                switch outcome {
                case .run(let ticket, let permit):
                    let known = waiting.remove(ticket)
                    #expect(known != nil)
                    held.append(permit)
                case .expired(let ticket):
                    let known = waiting.remove(ticket)
                    #expect(known != nil)
                }
            }
        }
        for _ in 0..<100_000 {
            now = now.advanced(by: .microseconds(Int.random(in: 0...3000, using: &random)))
            switch Int.random(in: 0..<20, using: &random) {
            case 0..<9:
                let until = now.advanced(by: .milliseconds(Int.random(in: 0...300, using: &random)))
                let flow = UInt64.random(in: 0..<40, using: &random)
                switch queue.enter(key(flow), weight: Int.random(in: 1...500, using: &random), route: Int(flow % 3), at: now, until: until) {
                case .run(let permit): held.append(permit)
                case .wait(let ticket): waiting.insert(ticket)
                case .refuse: break
                }
            case 9..<16:
                guard let index = held.indices.randomElement(using: &random) else { continue }
                held.swapAt(index, held.count - 1)
                let permit = held.removeLast()
                let cost = Bool.random(using: &random) ? nil : CallCost(cpu: UInt32.random(in: 0...60_000, using: &random))
                take(queue.leave(permit, cost, at: now))
                given.append(permit)
            case 16:
                if let permit = held.randomElement(using: &random) { take(queue.lighten(permit, at: now)) }
            case 17:
                if let ticket = waiting.randomElement(using: &random) {
                    let seen4 = queue.abandon(ticket)
                    #expect(seen4)
                    waiting.remove(ticket)
                }
            case 18:
                if let permit = given.randomElement(using: &random) {
                    let outcomes = queue.leave(permit, CallCost(cpu: 9), at: now)
                    #expect(outcomes.isEmpty)
                }
            default: take(queue.tick(now))
            }
            #expect(queue.running == held.count && queue.running <= 12)
            #expect(queue.waiting == waiting.count)
            if waiting.isEmpty { continue }
            take(queue.tick(now))
            #expect(!queue.isIdling(at: now))
        }
        for permit in held { take(queue.leave(permit, nil, at: now)) }
        take(queue.tick(now.advanced(by: .seconds(10))))
        #expect(waiting.isEmpty)
    }
}
