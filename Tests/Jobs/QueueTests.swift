import Jobs
import Kernel
import Testing

@Suite("turns of tenants") struct ClaimTurnsTests {
    private func tenant(_ number: UInt64) -> TenantID { TenantID(UUID(high: 1, low: number)) }

    @Test("who waits shares what is free, and who holds much already gets what others leave") func shares() {
        var turns = ClaimTurns(capacity: 10)
        #expect(turns.shares([tenant(1)]).map(\.most) == [10])
        turns.began(tenant(1), 8)
        #expect(
            turns.shares([tenant(1), tenant(2)]).map(\.tenant) == [tenant(2)] || turns.shares([tenant(1), tenant(2)]).map(\.most).reduce(0, +) == 2)
        turns.began(tenant(2), 2)
        #expect(turns.shares([tenant(3)]).isEmpty)
        turns.ended(tenant(1))
        #expect(turns.shares([tenant(1), tenant(3)]).map { "\($0.tenant.uuid.low) \($0.most)" } == ["3 1"])
    }

    @Test("a tenant with a million jobs takes no more turns than one with a few: ten of them each have a tenth") func fair() {
        var turns = ClaimTurns(capacity: 20)
        var left = [1_000_000] + [Int](repeating: 100, count: 9)
        var done = [Int](repeating: 0, count: 10)
        while left[1...].contains(where: { $0 > 0 }) {
            let waiting = left.indices.filter { left[$0] > 0 }.map { tenant(UInt64($0)) }
            let shares = turns.shares(waiting)
            var begun: [(TenantID, Int)] = []
            for share in shares {
                let index = Int(share.tenant.uuid.low)
                let count = min(share.most, left[index])
                left[index] -= count
                done[index] += count
                turns.began(share.tenant, count)
                begun.append((share.tenant, count))
            }
            #expect(turns.count <= turns.capacity)
            for (tenant, count) in begun { for _ in 0..<count { turns.ended(tenant) } }
        }
        #expect(done[0] <= 130, "the one with most had \(done[0])")
        #expect(turns.count == 0)
    }

    @Test("whatever begins and ends, nobody is given more than is free") func random() {
        var random = SplitMix(state: 11)
        var turns = ClaimTurns(capacity: 7)
        var running: [TenantID] = []
        for _ in 0..<20_000 {
            if Bool.random(using: &random), let index = running.indices.randomElement(using: &random) {
                turns.ended(running.remove(at: index))
            } else {
                let waiting = (1...9).filter { _ in Bool.random(using: &random) }.map { tenant(UInt64($0)) }
                let shares = turns.shares(waiting)
                #expect(shares.reduce(0) { $0 + $1.most } <= turns.free)
                #expect(waiting.isEmpty || turns.free == 0 || shares.reduce(0) { $0 + $1.most } == turns.free)
                for share in shares {
                    turns.began(share.tenant, share.most)
                    running += [TenantID](repeating: share.tenant, count: share.most)
                }
            }
            #expect(turns.count == running.count)
        }
    }
}

@Suite("leases that are held") struct HeldLeasesTests {
    private func lease(_ number: UInt64, _ attempt: Int = 1) -> HeldLeases.Lease {
        .init(tenant: .zero, job: UUID(high: 2, low: number), attempt: attempt)
    }

    @Test("a lease that is gone, and one that is to stop, are told once; what ended meanwhile is not") func losses() {
        var held = HeldLeases()
        for number in 1...4 { held.add(lease(UInt64(number))) }
        let asked = held.all
        held.remove(lease(4))
        held.add(lease(5))
        let losses = held.renewed(asked, kept: [lease(1): false, lease(2): true])
        #expect(Set(losses.map { "\($0.lease.job.low) \($0.loss)" }) == ["2 cancelled", "3 taken"])
        #expect(held.renewed(asked, kept: [lease(1): false, lease(2): true]).isEmpty)
        #expect(held.count == 4)
    }

    @Test("pitfall 39: another attempt of the same job is another lease") func attempts() {
        var held = HeldLeases()
        held.add(lease(1, 1))
        #expect(held.renewed(held.all, kept: [lease(1, 2): false]).map(\.loss) == [.taken])
    }
}

@Suite("retries and wakes") struct RetryTests {
    @Test("waits double up to the longest, with jitter of half; a longer wait that was asked for holds") func backoff() {
        let policy = RetryPolicy(maxAttempts: 9, firstWait: 2, longestWait: 60)
        #expect((1...7).map { policy.wait(behind: $0, chance: 1) } == [2, 4, 8, 16, 32, 60, 60])
        #expect((1...7).map { policy.wait(behind: $0, chance: 0) } == [1, 2, 4, 8, 16, 30, 30])
        #expect(policy.wait(behind: 1_000_000, chance: 0.5) == 45)
        #expect(policy.wait(behind: 1, chance: 0, asked: 17) == 17)
        #expect(RetryPolicy(maxAttempts: 0, firstWait: -1, longestWait: -1).wait(behind: 0, chance: 0) > 0)
    }

    @Test("pitfall 52: however often jobs are enqueued, others hear of it at most every 50 ms, and of the last one too") func gate() {
        var gate = WakeGate()
        let start = ContinuousClock.now
        var announced: [Duration] = []
        var pending: Duration?
        for millisecond in 0..<1000 {
            let now = Duration.milliseconds(millisecond)
            if let due = pending, due <= now {
                gate.announced(at: start + now)
                announced.append(now)
                pending = nil
            }
            if let wait = gate.enqueued(at: start + now) { pending = now + wait }
        }
        #expect(zip(announced, announced.dropFirst()).allSatisfy { $1 - $0 >= WakeGate.interval })
        #expect((19...20).contains(announced.count))
        #expect(pending != nil)
    }
}
