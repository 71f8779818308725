import Kernel
import Testing

@testable import Postgres

@Suite struct PoolMachineTests {
    private let start = ContinuousClock.now
    private func at(_ milliseconds: Int) -> ContinuousClock.Instant { start.advanced(by: .milliseconds(milliseconds)) }
    private func by(_ milliseconds: Int) -> Deadline { Deadline(at(milliseconds)) }

    private func pool(_ connections: Int = 2, waiting: Int = 100) -> PoolMachine {
        PoolMachine(limits: PoolMachine.Limits(connections: connections, waiting: waiting, patience: .milliseconds(500)))
    }

    /// All that the pool wants done at a moment.
    private func actions(_ pool: inout PoolMachine, _ milliseconds: Int = 0) -> [PoolMachine.Action] {
        var actions: [PoolMachine.Action] = []
        while let action = pool.next(at: at(milliseconds)) { actions.append(action) }
        return actions
    }

    /// A pool with that many open connections, numbered from 1.
    private func open(_ connections: Int, limit: Int? = nil) -> PoolMachine {
        var pool = pool(limit ?? connections)
        for request in 0..<connections { pool.submit(-100 + request, .alone, deadline: by(1000), at: start) }
        _ = actions(&pool)
        for connection in 1...connections { pool.connected(connection) }
        _ = actions(&pool)
        for connection in 1...connections { _ = pool.finished(connection) }
        return pool
    }

    @Test("a connection is opened when one is needed, and the first caller gets it")
    func onDemand() {
        var pool = pool()
        pool.submit(1, .alone, deadline: by(1000), at: start)
        #expect(actions(&pool) == [.open(connection: 1)])
        pool.connected(1)
        #expect(actions(&pool) == [.send(request: 1, connection: 1)])
        _ = pool.finished(1)
        pool.submit(2, .alone, deadline: by(1000), at: start)
        #expect(actions(&pool) == [.send(request: 2, connection: 1)])
    }

    @Test("pitfall 38: never more connections than allowed, nor more callers waiting")
    func bounds() {
        var pool = pool(2, waiting: 3)
        for request in 1...5 { pool.submit(request, .alone, deadline: by(1000), at: start) }
        #expect(
            actions(&pool) == [
                .fail(request: 4, .exhausted), .fail(request: 5, .exhausted), .open(connection: 1), .open(connection: 2),
            ])
    }

    @Test("pitfall 38: one party never holds the last connection, and others overtake it there")
    func parties() {
        var pool = open(3)
        for request in 1...4 { pool.submit(request, .alone, party: 7, deadline: by(1000), at: start) }
        #expect(actions(&pool) == [.send(request: 1, connection: 1), .send(request: 2, connection: 2)])
        pool.submit(5, .alone, party: 8, deadline: by(1000), at: start)
        #expect(actions(&pool) == [.send(request: 5, connection: 3)])
        _ = pool.finished(3)
        #expect(actions(&pool) == [], "the last connection stays free")
        pool.submit(6, .shortRead, party: 7, deadline: by(1000), at: start)
        #expect(actions(&pool) == [])
        _ = pool.finished(1)
        #expect(actions(&pool) == [.send(request: 3, connection: 1)])
        #expect(pool.abandon(4) == .waiting)
        _ = pool.finished(1)
        #expect(actions(&pool) == [.send(request: 6, connection: 1)])
        pool.submit(7, .shortRead, party: 7, deadline: by(1000), at: start)
        #expect(actions(&pool) == [.send(request: 7, connection: 1)], "but behind one of its own a short read may stand")
    }

    @Test("short reads pair up on a wire only where no connection is free and none may be opened first")
    func pairs() {
        var pool = open(1, limit: 2)
        for request in 1...4 { pool.submit(request, .shortRead, deadline: by(1000), at: start) }
        #expect(
            actions(&pool) == [
                .send(request: 1, connection: 1), .open(connection: 2), .send(request: 2, connection: 1),
            ])
        pool.connected(2)
        #expect(actions(&pool) == [.send(request: 3, connection: 2), .send(request: 4, connection: 2)])
    }

    @Test("pitfall 50: nothing stands behind a long one, and a long one behind nothing")
    func longOnes() {
        var pool = open(1)
        pool.submit(1, .alone, deadline: by(1000), at: start)
        pool.submit(2, .shortRead, deadline: by(1000), at: start)
        pool.submit(3, .alone, deadline: by(1000), at: start)
        #expect(actions(&pool) == [.send(request: 1, connection: 1)])
        _ = pool.finished(1)
        #expect(actions(&pool) == [.send(request: 2, connection: 1)])
        _ = pool.finished(1)
        #expect(actions(&pool) == [.send(request: 3, connection: 1)])
    }

    @Test("callers are served in their order: short reads do not overtake one who needs a connection alone")
    func strictOrder() {
        var pool = open(1)
        pool.submit(1, .shortRead, deadline: by(1000), at: start)
        pool.submit(2, .alone, deadline: by(1000), at: start)
        pool.submit(3, .shortRead, deadline: by(1000), at: start)
        #expect(actions(&pool) == [.send(request: 1, connection: 1)])
        _ = pool.finished(1)
        #expect(actions(&pool) == [.send(request: 2, connection: 1)])
    }

    @Test("an own connection is opened for its caller; where all places are taken an idle one makes room")
    func own() {
        var pool = open(2)
        pool.submit(1, .own, deadline: by(1000), at: start)
        #expect(actions(&pool) == [.close(connection: 1), .open(connection: 3)])
        pool.connected(3)
        #expect(actions(&pool) == [.lend(request: 1, connection: 3)])
        pool.submit(2, .shortRead, deadline: by(1000), at: start)
        #expect(actions(&pool) == [.send(request: 2, connection: 2)])
        pool.lost(3)
        pool.submit(3, .alone, deadline: by(1000), at: start)
        #expect(actions(&pool) == [.open(connection: 4)])
    }

    @Test("pitfall 37: what waited past its deadline is never sent, even if a connection is free by then")
    func deadlines() {
        var pool = open(1)
        pool.submit(1, .alone, deadline: by(1000), at: start)
        pool.submit(2, .alone, deadline: by(10), at: start)
        pool.submit(3, .alone, deadline: by(1000), at: start)
        _ = actions(&pool)
        _ = pool.finished(1)
        #expect(actions(&pool, 10) == [.fail(request: 2, .timedOut), .send(request: 3, connection: 1)])
    }

    @Test("time alone fails who waits and reports who is on the wire")
    func expiry() {
        var pool = open(1)
        pool.submit(1, .alone, deadline: by(10), at: start)
        pool.submit(2, .alone, deadline: by(20), at: start)
        _ = actions(&pool)
        #expect(pool.nextMoment(after: start) == at(10))
        #expect(pool.expire(at: at(10)) == [1])
        #expect(pool.abandon(1) == .onWire(connection: 1, cancel: true))
        #expect(pool.nextMoment(after: at(10)) == at(20))
        #expect(pool.expire(at: at(20)) == [])
        #expect(actions(&pool, 20) == [.fail(request: 2, .timedOut)])
        #expect(pool.nextMoment(after: at(20)) == nil)
    }

    @Test("an abandoned caller who only waited is gone; nothing is opened for it")
    func abandonWaiting() {
        var pool = pool(1)
        pool.submit(1, .own, deadline: by(1000), at: start)
        #expect(actions(&pool) == [.open(connection: 1)])
        #expect(pool.abandon(1) == .waiting)
        #expect(actions(&pool) == [.close(connection: 1)])
        pool.submit(2, .alone, deadline: by(1000), at: start)
        pool.submit(3, .alone, deadline: by(1000), at: start)
        #expect(pool.abandon(2) == .waiting)
        #expect(pool.abandon(9) == .unknown)
        _ = actions(&pool)
        pool.connected(2)
        #expect(actions(&pool) == [.send(request: 3, connection: 2)])
    }

    @Test("a cancelled connection takes nothing until the request has returned")
    func cancelling() {
        var pool = open(1)
        pool.submit(1, .alone, deadline: by(1000), at: start)
        pool.submit(2, .alone, deadline: by(1000), at: start)
        _ = actions(&pool)
        #expect(pool.abandon(1) == .onWire(connection: 1, cancel: true))
        _ = pool.finished(1)
        #expect(actions(&pool) == [])
        #expect(pool.withPipeline(1) { $0.cancelReturned() } == .free)
        #expect(actions(&pool) == [.send(request: 2, connection: 1)])
    }

    @Test("failed attempts back off, one at a time, and callers are told once their patience is over")
    func backoff() {
        var pool = pool(2)
        pool.submit(1, .alone, deadline: by(10_000), at: start)
        pool.submit(2, .own, deadline: by(10_000), at: start)
        #expect(actions(&pool) == [.open(connection: 1), .open(connection: 2)])
        pool.connectFailed(1, permanent: false, at: start, jitter: 1)
        pool.connectFailed(2, permanent: false, at: start, jitter: 1)
        #expect(actions(&pool) == [])
        #expect(pool.nextMoment(after: start) == at(100))
        #expect(actions(&pool, 100) == [.open(connection: 3)])
        pool.connectFailed(3, permanent: false, at: at(600), jitter: 0)
        #expect(actions(&pool, 600) == [.fail(request: 1, .connectFailed), .fail(request: 2, .connectFailed)])
        pool.submit(3, .alone, deadline: by(10_000), at: at(600))
        #expect(actions(&pool, 600) == [])
        #expect(actions(&pool, 700) == [.open(connection: 4)])
        pool.connected(4)
        #expect(actions(&pool, 700) == [.send(request: 3, connection: 4)])
    }

    @Test("where another attempt would fail the same way, callers are told at once")
    func permanentFailure() {
        var pool = pool(1)
        pool.submit(1, .alone, deadline: by(10_000), at: start)
        _ = actions(&pool)
        pool.connectFailed(1, permanent: true, at: start, jitter: 0)
        #expect(actions(&pool) == [.fail(request: 1, .connectFailed)])
    }

    @Test("who comes back after a lost connection keeps its place before those who came later")
    func keepsPlace() {
        var pool = open(1)
        pool.submit(1, .alone, deadline: by(1000), at: start)
        pool.submit(2, .alone, deadline: by(1000), at: start)
        _ = actions(&pool)
        pool.lost(1)
        pool.submit(1, .alone, deadline: by(1000), at: start)
        #expect(actions(&pool) == [.open(connection: 2)])
        pool.connected(2)
        #expect(actions(&pool) == [.send(request: 1, connection: 2)])
    }

    @Test("a connection unused for a whole period is closed, a used or lent one is not")
    func idleness() {
        var pool = open(3)
        pool.submit(1, .own, deadline: by(1000), at: start)
        _ = actions(&pool)
        pool.connected(4)
        _ = actions(&pool)
        pool.idlePeriodPassed()
        #expect(actions(&pool) == [])
        pool.submit(2, .shortRead, deadline: by(1000), at: start)
        #expect(actions(&pool) == [.send(request: 2, connection: 2)])
        _ = pool.finished(2)
        pool.idlePeriodPassed()
        #expect(actions(&pool) == [.close(connection: 3)])
        #expect(pool.members.count == 2)
    }

    @Test("once closed, callers are turned away and connections close as they come free")
    func closing() {
        var pool = open(2)
        pool.submit(1, .alone, deadline: by(1000), at: start)
        _ = actions(&pool)
        pool.submit(2, .own, deadline: by(1000), at: start)
        pool.close()
        pool.submit(3, .alone, deadline: by(1000), at: start)
        #expect(actions(&pool) == [.fail(request: 2, .closed), .fail(request: 3, .closed), .close(connection: 2)])
        _ = pool.finished(1)
        #expect(actions(&pool) == [.close(connection: 1)])
        #expect(pool.members.isEmpty)
    }

    @Test("whatever happens in whatever order, the limits hold and every caller is answered once", arguments: 0..<40)
    func anyOrder(seed: Int) {
        var world = PoolWorld(pool: pool(3, waiting: 10), random: Lehmer(state: UInt64(seed)), start: start)
        for _ in 0..<2000 { world.step() }
        world.finish()
        #expect(world.complaints == [])
    }
}
