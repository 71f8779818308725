import Jobs
import Kernel
import Testing

@testable import Host

@Suite("turns at the queue of jobs") struct JobLookTests {
    private let now = ContinuousClock.now

    private func tenant(_ number: UInt64) -> TenantID { TenantID(UUID(high: 1, low: number)) }

    private func party(_ number: UInt64) -> ClaimTurns.Party { .init(handler: "h", tenant: tenant(number)) }

    private func job(_ number: UInt64) -> JobDatabase.Job {
        .init(
            lease: .init(tenant: tenant(number).uuid, job: UUID(high: 2, low: number), attempt: 1), handler: "h", kind: "k", waited: 0, lastError: nil
        )
    }

    /// One turn: who was asked, what came, who waits.
    private func look(
        _ look: inout JobService.Look, asked: [UInt64], jobs: [UInt64], waiting: [UInt64], promotes: Bool = false, nextDue: Double? = nil
    ) {
        var turns = ClaimTurns(capacity: 10)
        let wish = JobDatabase.Wish(
            promotes: promotes, shares: turns.shares(asked.map(party), ["h": 10]), openings: turns.openings(["h": 10]), most: 10)
        look.saw(JobDatabase.Turn(jobs: jobs.map(job), waiting: waiting.map(party), nextDue: nextDue), wish, at: now)
    }

    @Test("whoever is seen waiting is asked at once; a turn that claimed is followed by the next while half of all is free") func busy() {
        var state = JobService.Look()
        look(&state, asked: [], jobs: [], waiting: [1, 2])
        #expect(state.waiting.count == 2)
        #expect(state.rest(free: 10, of: 10, at: now) == nil)
        look(&state, asked: [1, 2], jobs: [1, 2], waiting: [1, 2])
        #expect(state.rest(free: 8, of: 10, at: now) == nil)
        #expect(state.rest(free: 4, of: 10, at: now) == JobService.gather)
        #expect(state.rest(free: 0, of: 10, at: now) == JobService.gather)
        look(&state, asked: [1, 2], jobs: [1], waiting: [])
        #expect(state.rest(free: 8, of: 10, at: now) != nil)
    }

    @Test("what waits and cannot be claimed does not keep it busy: it is looked at again behind the interval, or when others come") func foreign() {
        var state = JobService.Look()
        look(&state, asked: [], jobs: [], waiting: [1], promotes: true)
        #expect(state.rest(free: 10, of: 10, at: now) == nil)
        for _ in 0..<3 {
            look(&state, asked: [1], jobs: [], waiting: [1])
            #expect(state.rest(free: 10, of: 10, at: now) == JobService.interval)
        }
        look(&state, asked: [1], jobs: [], waiting: [1, 2])
        #expect(state.rest(free: 10, of: 10, at: now) == nil)
    }

    @Test("among many tenants whose jobs nobody here may claim, it rests between turns") func many() {
        var state = JobService.Look()
        look(&state, asked: [], jobs: [], waiting: [1, 2])
        for round: UInt64 in 0..<4 {
            look(&state, asked: [1, 2].map { $0 + round }, jobs: [], waiting: [3, 4].map { $0 + round })
            #expect(state.rest(free: 10, of: 10, at: now) == (round == 0 ? nil : JobService.gather))
        }
    }

    @Test("it rests until the next scheduled job is due, at most for the interval") func due() {
        var state = JobService.Look()
        look(&state, asked: [], jobs: [], waiting: [], promotes: true, nextDue: 0.02)
        #expect(state.rest(free: 10, of: 10, at: now) == .milliseconds(20))
        #expect(state.rest(free: 10, of: 10, at: now + .seconds(1)) == .milliseconds(1))
        look(&state, asked: [], jobs: [], waiting: [], promotes: true, nextDue: 86_400 * 365 * 9000)
        #expect(state.rest(free: 10, of: 10, at: now) == JobService.interval)
        look(&state, asked: [], jobs: [], waiting: [], promotes: true, nextDue: -1)
        #expect(state.rest(free: 10, of: 10, at: now) == .milliseconds(1))
    }
}
