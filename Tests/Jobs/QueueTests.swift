import Jobs
import Kernel
import Testing

@Suite("turns of handlers and tenants") struct ClaimTurnsTests {
    private func party(_ number: UInt64, of handler: String = "h") -> ClaimTurns.Party {
        .init(handler: handler, tenant: TenantID(UUID(high: 1, low: number)))
    }

    @Test("who waits shares what is free, and who holds much already gets what others leave") func shares() {
        var turns = ClaimTurns(capacity: 10)
        let limits = ["h": 100]
        #expect(turns.shares([party(1)], limits).map(\.most) == [10])
        turns.began(party(1), 8)
        let rest = turns.shares([party(1), party(2)], limits)
        #expect(rest.map(\.party) == [party(2)] || rest.map(\.most).reduce(0, +) == 2)
        turns.began(party(2), 2)
        #expect(turns.shares([party(3)], limits).isEmpty)
        turns.ended(party(1))
        #expect(turns.shares([party(1), party(3)], limits).map { "\($0.party.tenant.uuid.low) \($0.most)" } == ["3 1"])
    }

    @Test("a handler has no more jobs at once than it runs, whoever waits for it; the others' lanes stay open") func lanes() {
        var turns = ClaimTurns(capacity: 32)
        let limits = ["alerts": 12, "forecasts": 3, "sources": 24]
        #expect(turns.openings(limits).map(\.handler) == ["alerts", "forecasts", "sources"])
        let night = (1...10_000).map { party($0, of: "forecasts") }
        let shares = turns.shares(night, limits)
        #expect(shares.reduce(0) { $0 + $1.most } == 3)
        for share in shares { turns.began(share.party, share.most) }
        #expect(turns.openings(limits).map(\.handler) == ["alerts", "sources"])
        #expect(turns.shares(night, limits).isEmpty)
        #expect(turns.shares(night + [party(7, of: "alerts")], limits).map(\.party) == [party(7, of: "alerts")])
        turns.ended(shares[0].party)
        #expect(turns.openings(limits).map(\.handler) == ["alerts", "forecasts", "sources"])
        #expect(turns.shares([party(1, of: "unknown")], limits).isEmpty)
    }

    @Test("handlers share what is free equally, and each circle goes on where it stood") func circles() {
        var turns = ClaimTurns(capacity: 8)
        let limits = ["a": 100, "b": 100]
        let waiting = (1...20).flatMap { [party($0, of: "a"), party($0, of: "b")] }
        let shares = turns.shares(waiting.filter { $0.tenant.uuid.low <= 4 } + waiting.filter { $0.tenant.uuid.low > 4 && $0.handler == "b" }, limits)
        for handler in ["a", "b"] { #expect(shares.filter { $0.party.handler == handler }.reduce(0) { $0 + $1.most } == 4, "\(handler)") }
        #expect(turns.openings(limits).map(\.place.low) == [2, 4])
        // Full with one handler's: the next place is another one's.
        for share in shares { turns.began(share.party, share.most) }
        for share in shares where share.party.handler == "b" { for _ in 0..<share.most { turns.ended(share.party) } }
        let next = turns.shares([party(1, of: "a"), party(1, of: "b")], limits)
        #expect(next.filter { $0.party.handler == "b" }.map(\.most) == [4])
    }

    @Test("a tenant with a million jobs takes no more turns than one with a few: ten of them each have a tenth") func fair() {
        var turns = ClaimTurns(capacity: 20)
        var left = [1_000_000] + [Int](repeating: 100, count: 9)
        var done = [Int](repeating: 0, count: 10)
        while left[1...].contains(where: { $0 > 0 }) {
            let waiting = left.indices.filter { left[$0] > 0 }.map { party(UInt64($0)) }
            let shares = turns.shares(waiting, ["h": 100])
            var begun: [(ClaimTurns.Party, Int)] = []
            for share in shares {
                let index = Int(share.party.tenant.uuid.low)
                let count = min(share.most, left[index])
                left[index] -= count
                done[index] += count
                turns.began(share.party, count)
                begun.append((share.party, count))
            }
            #expect(turns.count <= turns.capacity)
            for (party, count) in begun { for _ in 0..<count { turns.ended(party) } }
        }
        #expect(done[0] <= 130, "the one with most had \(done[0])")
        #expect(turns.count == 0)
    }

    @Test("whatever begins and ends, nobody is given more than is free, and nothing that fits is left") func random() {
        var random = SplitMix(state: 11)
        var turns = ClaimTurns(capacity: 7)
        let limits = ["a": 2, "b": 5, "c": 100]
        var running: [ClaimTurns.Party] = []
        for _ in 0..<20_000 {
            if Bool.random(using: &random), let index = running.indices.randomElement(using: &random) {
                turns.ended(running.remove(at: index))
            } else {
                let waiting = ["a", "b", "c"].flatMap { handler in
                    (1...9).filter { _ in Bool.random(using: &random) }.map { party(UInt64($0), of: handler) }
                }
                let shares = turns.shares(waiting, limits)
                let room = Set(waiting.map(\.handler)).reduce(0) { $0 + max(0, limits[$1, default: 0] - turns.count(of: $1)) }
                #expect(shares.reduce(0) { $0 + $1.most } == min(turns.free, room))
                for share in shares {
                    turns.began(share.party, share.most)
                    running += [ClaimTurns.Party](repeating: share.party, count: share.most)
                }
                for (handler, limit) in limits { #expect(turns.count(of: handler) <= limit) }
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
