import Kernel
import Manifest
import Testing

@testable import Host

@Suite("Whose calls share a process") struct IsolationTests {
    private let start = ContinuousClock.now
    private func at(_ seconds: Int) -> ContinuousClock.Instant { start.advanced(by: .seconds(seconds)) }
    private var soon: Deadline { .after(.seconds(30), from: start) }
    private func tenant(_ number: UInt64) -> TenantID { TenantID(UUID(high: 1, low: number)) }

    private func pool(_ isolation: Manifest.Isolation, _ instances: ClosedRange<Int>, concurrency: Int = 2) -> ProcessPool {
        ProcessPool(.init(instances: instances, concurrency: concurrency, isolation: isolation, idle: .seconds(5)))
    }

    @Test("tenant: a process serves the first tenant that it was given and no other, however idle it is") func bound() {
        var pool = pool(.tenant, 0...2)
        #expect(pool.lease(1, for: tenant(1), deadline: soon, now: at(0)) == .wait([.start(1)]))
        #expect(pool.ready(1, now: at(0)) == [.resume(1, 1)])
        #expect(pool.lease(2, for: tenant(1), deadline: soon, now: at(0)) == .use(1))
        _ = pool.release(1, now: at(1))
        _ = pool.release(1, now: at(1))
        #expect(pool.lease(3, for: tenant(2), deadline: soon, now: at(1)) == .wait([.start(2)]))
        #expect(pool.ready(2, now: at(1)) == [.resume(3, 2)])
        #expect(pool.lease(4, for: tenant(1), deadline: soon, now: at(1)) == .use(1))
    }

    @Test("tenant: callers who have not signed in are a party of their own") func nobody() {
        var pool = pool(.tenant, 0...2)
        _ = pool.lease(1, deadline: soon, now: at(0))
        _ = pool.ready(1, now: at(0))
        _ = pool.release(1, now: at(0))
        #expect(pool.lease(2, for: tenant(1), deadline: soon, now: at(1)) == .wait([.start(2)]))
        #expect(pool.lease(3, deadline: soon, now: at(1)) == .use(1))
    }

    @Test("tenant: when all places are taken, the idle process that was used longest ago makes room") func evicted() {
        var pool = pool(.tenant, 0...2)
        for number in 1...2 {
            _ = pool.lease(UInt64(number), for: tenant(UInt64(number)), deadline: soon, now: at(number))
            _ = pool.ready(number, now: at(number))
        }
        _ = pool.release(2, now: at(3))
        _ = pool.release(1, now: at(4))
        #expect(pool.lease(3, for: tenant(3), deadline: soon, now: at(4)) == .wait([.drain(2)]))
        #expect(pool.lease(4, for: tenant(3), deadline: soon, now: at(4)) == .wait([]), "one process is enough for both")
        #expect(pool.tick(at(4)) == [])
        #expect(pool.count == 2, "the maximum bounds those that leave too")
        #expect(pool.died(2, now: at(4)) == [.start(3)])
        #expect(pool.ready(3, now: at(4)) == [.resume(3, 3), .resume(4, 3)])
    }

    @Test("tenant: a process with work does not make room; who waits gets its place when it is idle") func busy() {
        var pool = pool(.tenant, 0...1)
        _ = pool.lease(1, for: tenant(1), deadline: soon, now: at(0))
        _ = pool.ready(1, now: at(0))
        #expect(pool.lease(2, for: tenant(2), deadline: soon, now: at(0)) == .wait([]))
        #expect(pool.lease(3, for: tenant(1), deadline: soon, now: at(0)) == .use(1), "who waits for another process is not overtaken by this")
        #expect(pool.release(1, now: at(1)) == [])
        #expect(pool.release(1, now: at(1)) == [.drain(1)])
        #expect(pool.died(1, now: at(1)) == [.start(2)])
    }

    @Test("tenant: the minimum is kept warm for whoever comes first") func warm() {
        var pool = pool(.tenant, 1...2)
        #expect(pool.tick(at(0)) == [.start(1)])
        _ = pool.ready(1, now: at(0))
        #expect(pool.lease(1, for: tenant(1), deadline: soon, now: at(1)) == .use(1))
        #expect(pool.tick(at(1)) == [.start(2)])
        _ = pool.ready(2, now: at(1))
        _ = pool.release(1, now: at(1))
        #expect(pool.tick(at(20)) == [.drain(1)], "a tenant's own process ends when it is idle")
    }

    @Test("invocation: a process serves one call and ends, and the next call gets another one") func once() {
        var pool = pool(.invocation, 0...2, concurrency: 16)
        #expect(pool.lease(1, for: tenant(1), deadline: soon, now: at(0)) == .wait([.start(1)]))
        _ = pool.ready(1, now: at(0))
        #expect(pool.lease(2, for: tenant(1), deadline: soon, now: at(0)) == .wait([.start(2)]))
        #expect(pool.lease(3, for: tenant(1), deadline: soon, now: at(0)) == .wait([]), "the maximum holds")
        #expect(pool.ready(2, now: at(0)) == [.resume(2, 2)])
        #expect(pool.release(1, now: at(1)) == [.drain(1)])
        #expect(pool.died(1, now: at(1)) == [.start(3)])
        #expect(pool.ready(3, now: at(1)) == [.resume(3, 3)])
    }

    @Test("invocation: the minimum of unused processes is kept") func warmOnce() {
        var pool = pool(.invocation, 1...3)
        #expect(pool.tick(at(0)) == [.start(1)])
        _ = pool.ready(1, now: at(0))
        #expect(pool.lease(1, for: tenant(1), deadline: soon, now: at(0)) == .use(1))
        #expect(pool.tick(at(0)) == [.start(2)])
        _ = pool.ready(2, now: at(0))
        #expect(pool.release(1, now: at(1)) == [.drain(1)])
        #expect(pool.died(1, now: at(1)) == [])
        #expect(pool.tick(at(100)) == [])
    }

    @Test("pitfall 43: a suspect runs alone, in a process above the maximum where none is free, one at a time") func alone() {
        var pool = pool(.shared, 0...1, concurrency: 4)
        _ = pool.lease(1, deadline: soon, now: at(0))
        _ = pool.ready(1, now: at(0))
        #expect(pool.lease(2, alone: true, deadline: soon, now: at(0)) == .wait([.start(2)]))
        #expect(pool.lease(3, alone: true, deadline: soon, now: at(0)) == .wait([]))
        #expect(pool.ready(2, now: at(0)) == [.resume(2, 2)])
        #expect(pool.lease(4, deadline: soon, now: at(0)) == .use(1), "others do not run beside it")
        #expect(pool.release(2, now: at(1)) == [.resume(3, 2)])
        #expect(pool.release(2, now: at(1)) == [])
        #expect(pool.tick(at(1)) == [.drain(2)])
    }

    @Test("pitfall 43: what a suspect does alone is not held against the handler") func aloneDies() {
        var pool = pool(.shared, 0...1)
        for round in 0..<10 {
            #expect(pool.lease(UInt64(round), alone: true, deadline: soon, now: at(0)) == .wait([.start(round + 1)]))
            _ = pool.ready(round + 1, now: at(0))
            pool.lostWire(round + 1)
            #expect(pool.died(round + 1, now: at(0)) == [])
        }
        #expect(pool.circuit.state(at: at(0)) == .closed)
    }
}
