import Kernel
import Testing

@testable import Host

@Suite("Processes of one handler") struct ProcessPoolTests {
    private let start = ContinuousClock.now
    private func at(_ seconds: Double) -> ContinuousClock.Instant { start.advanced(by: .seconds(seconds)) }
    private var soon: Deadline { .after(.seconds(30), from: start) }

    private func pool(_ instances: ClosedRange<Int> = 0...1, concurrency: Int = 2, waiting: Int = 8) -> ProcessPool {
        ProcessPool(.init(instances: instances, concurrency: concurrency, idle: .seconds(5), waiting: waiting))
    }

    /// A pool whose first process is ready, with one slot of it taken.
    private func warm(_ instances: ClosedRange<Int> = 0...1, concurrency: Int = 2) -> ProcessPool {
        var pool = pool(instances, concurrency: concurrency)
        _ = pool.lease(1, deadline: soon, now: at(0))
        _ = pool.ready(1, now: at(0))
        return pool
    }

    @Test("the minimum starts by itself") func minimum() {
        var pool = pool(2...3)
        #expect(pool.tick(at(0)) == [.start(1), .start(2)])
        #expect(pool.tick(at(0.1)) == [])
    }

    @Test("a caller at zero starts a process and is resumed when it is ready") func coldStart() {
        var pool = pool()
        #expect(pool.lease(7, deadline: soon, now: at(0)) == .wait([.start(1)]))
        #expect(pool.lease(8, deadline: soon, now: at(0)) == .wait([]))
        #expect(pool.ready(1, now: at(0.01)) == [.resume(7, 1), .resume(8, 1)])
        #expect(pool.inFlight == 2)
    }

    @Test("the least busy process is chosen, then others start, then callers wait") func leastBusy() {
        var pool = pool(2...3, concurrency: 2)
        _ = pool.tick(at(0))
        _ = pool.ready(1, now: at(0))
        _ = pool.ready(2, now: at(0))
        #expect(pool.lease(1, deadline: soon, now: at(1)) == .use(1))
        #expect(pool.lease(2, deadline: soon, now: at(1)) == .use(2))
        #expect(pool.lease(3, deadline: soon, now: at(1)) == .use(1))
        #expect(pool.lease(4, deadline: soon, now: at(1)) == .use(2))
        #expect(pool.lease(5, deadline: soon, now: at(1)) == .wait([.start(3)]))
        #expect(pool.lease(6, deadline: soon, now: at(1)) == .wait([]))
        #expect(pool.lease(7, deadline: soon, now: at(1)) == .wait([]))
        #expect(pool.release(2, now: at(2)) == [.resume(5, 2)])
        #expect(pool.ready(3, now: at(2)) == [.resume(6, 3), .resume(7, 3)])
    }

    @Test("nobody overtakes those who wait") func order() {
        var pool = warm(concurrency: 1)
        #expect(pool.lease(2, deadline: soon, now: at(1)) == .wait([]))
        #expect(pool.lease(3, deadline: soon, now: at(1)) == .wait([]))
        #expect(pool.release(1, now: at(2)) == [.resume(2, 1)])
        #expect(pool.lease(4, deadline: soon, now: at(2)) == .wait([]))
        #expect(pool.release(1, now: at(3)) == [.resume(3, 1)])
    }

    @Test("pitfall 37: who waits past the deadline is told so") func waitingEnds() {
        var pool = pool()
        _ = pool.lease(1, deadline: .after(.seconds(1), from: start), now: at(0))
        #expect(pool.tick(at(0.9)) == [])
        #expect(pool.tick(at(1)) == [.timedOut(1)])
        #expect(pool.waitingCount == 0)
    }

    @Test("pitfall 38: the queue is bounded") func bounded() {
        var pool = pool(waiting: 2)
        _ = pool.lease(1, deadline: soon, now: at(0))
        _ = pool.lease(2, deadline: soon, now: at(0))
        #expect(pool.lease(3, deadline: soon, now: at(0)) == .refuse(.queueFull))
    }

    @Test("who gives up is not resumed") func abandon() {
        var pool = pool()
        _ = pool.lease(1, deadline: soon, now: at(0))
        #expect(pool.abandon(1) == true)
        #expect(pool.abandon(1) == false)
        #expect(pool.ready(1, now: at(1)) == [])
        #expect(pool.inFlight == 0)
    }

    @Test("a process without work ends, down to the minimum") func idleStop() {
        var pool = warm(0...2)
        #expect(pool.tick(at(20)) == [])
        _ = pool.release(1, now: at(20))
        #expect(pool.tick(at(24.9)) == [])
        #expect(pool.tick(at(25)) == [.drain(1)])
        #expect(pool.died(1, now: at(25.1)) == [])
        #expect(pool.lease(9, deadline: soon, now: at(26)) == .wait([.start(2)]))

        var kept = warm(1...2)
        _ = kept.release(1, now: at(1))
        #expect(kept.tick(at(100)) == [])
    }

    @Test("pitfall 31: a process that dies is replaced at once for those who wait") func replaced() {
        var pool = warm(concurrency: 1)
        _ = pool.lease(2, deadline: soon, now: at(1))
        #expect(pool.died(1, now: at(1)) == [.start(2)])
        #expect(pool.ready(2, now: at(1.01)) == [.resume(2, 2)])
    }

    @Test("pitfall 43: deaths in a row make the handler rest, longer each time, and callers hear how long") func backoff() {
        var pool = pool(1...1)
        _ = pool.tick(at(0))
        #expect(pool.died(1, now: at(0)) == [.start(2)])
        #expect(pool.died(2, now: at(0)) == [.start(3)])
        #expect(pool.died(3, now: at(0)) == [])
        #expect(pool.tick(at(0.049)) == [])
        #expect(pool.tick(at(0.05)) == [.start(4)])
        #expect(pool.died(4, now: at(0.05)) == [])
        #expect(pool.tick(at(0.2)) == [.start(5)])
        _ = pool.died(5, now: at(0.2))
        #expect(pool.circuit.state(at: at(0.2)) == .open)
        #expect(pool.lease(1, deadline: soon, now: at(0.2)) == .refuse(.resting(.seconds(1))))
        #expect(pool.tick(at(1.1)) == [])
        #expect(pool.tick(at(1.3)) == [.start(6)])
        _ = pool.died(6, now: at(1.3))
        #expect(pool.lease(1, deadline: soon, now: at(1.3)) == .refuse(.resting(.seconds(2))))
    }

    @Test("a long life clears the record") func recordCleared() {
        var pool = pool(1...1)
        _ = pool.tick(at(0))
        for id in 1...3 { _ = pool.died(id, now: at(0)) }
        _ = pool.tick(at(1))
        _ = pool.ready(4, now: at(1))
        #expect(pool.died(4, now: at(12)) == [.start(5)])
    }

    @Test("a start that hangs is killed") func hangingStart() {
        var pool = pool()
        _ = pool.lease(1, deadline: soon, now: at(0))
        #expect(pool.tick(at(9.9)) == [])
        #expect(pool.tick(at(10)) == [.kill(1, .start), .start(2)])
        #expect(pool.died(1, now: at(10)) == [])
        #expect(pool.ready(2, now: at(11)) == [.resume(1, 2)])
    }

    @Test("a process that is retired gets nothing new and is killed after the grace") func retire() {
        var pool = warm(1...1)
        #expect(pool.retire(1, now: at(1)) == [.drain(1), .start(2)])
        #expect(pool.retire(1, now: at(1)) == [])
        #expect(pool.lease(2, deadline: soon, now: at(1)) == .wait([]))
        #expect(pool.ready(2, now: at(1.1)) == [.resume(2, 2)])
        #expect(pool.tick(at(11)) == [.kill(1, .drain)])
        #expect(pool.died(1, now: at(11)) == [])
    }

    @Test("stopping drains all, refuses the rest, and is over when the last has ended") func stopping() {
        var pool = warm(1...1, concurrency: 1)
        _ = pool.lease(2, deadline: soon, now: at(1))
        #expect(pool.stop(at(2)) == [.refuse(2, .stopping), .drain(1)])
        #expect(pool.lease(3, deadline: soon, now: at(2)) == .refuse(.stopping))
        #expect(!pool.isStoppedAndEmpty)
        #expect(pool.release(1, now: at(3)) == [])
        #expect(pool.died(1, now: at(3)) == [])
        #expect(pool.isStoppedAndEmpty)
    }

    @Test("pitfall 46: calls of other handlers find a slot above the concurrency, the deeper the more") func reserve() {
        var pool = warm(1...1, concurrency: 4)
        for ticket in 2...4 { #expect(pool.lease(UInt64(ticket), deadline: soon, now: at(1)) == .use(1)) }
        #expect(pool.lease(5, deadline: soon, now: at(1)) == .wait([]))
        #expect(pool.lease(6, deadline: soon, depth: 1, now: at(1)) == .use(1))
        #expect(pool.lease(7, deadline: soon, depth: 1, now: at(1)) == .wait([]))
        #expect(pool.lease(8, deadline: soon, depth: 2, now: at(1)) == .use(1))
        #expect(pool.lease(9, deadline: soon, depth: 4, now: at(1)) == .use(1))
        #expect(pool.lease(10, deadline: soon, depth: 4, now: at(1)) == .use(1))
        #expect(pool.lease(11, deadline: soon, depth: 4, now: at(1)) == .wait([]))
        // Whoever is deepest goes first; a client's own call waits until the process is below its concurrency.
        #expect(pool.release(1, now: at(2)) == [.resume(11, 1)])
        for _ in 0..<3 { #expect(pool.release(1, now: at(2)) == []) }
        #expect(pool.release(1, now: at(2)) == [.resume(7, 1)])
        #expect(pool.release(1, now: at(2)) == [])
        #expect(pool.release(1, now: at(2)) == [.resume(5, 1)])
    }

    @Test("pitfall 46: whatever two handlers call of each other, somebody always runs to the end", arguments: [1, 2, 3, 8])
    func progress(_ concurrency: Int) {
        // Every client's call of handler 0 calls handler 1, which calls handler 0, four deep; each holds its slot while it waits.
        struct Running { var handler: Int, depth: Int }
        var pools = [pool(1...1, concurrency: concurrency, waiting: 10_000), pool(1...1, concurrency: concurrency, waiting: 10_000)]
        for index in 0...1 {
            _ = pools[index].tick(at(0))
            _ = pools[index].ready(1, now: at(0))
        }
        var callers: [UInt64: (Running, parent: UInt64?)] = [:]
        var ticket: UInt64 = 0
        var running: [UInt64] = []
        func begin(_ call: Running, parent: UInt64?) {
            ticket += 1
            callers[ticket] = (call, parent)
            if case .use = pools[call.handler].lease(ticket, deadline: soon, depth: call.depth, now: at(1)) { running.append(ticket) }
        }
        for number in 0..<100 { begin(Running(handler: number % 2, depth: 0), parent: nil) }
        var ended = 0
        func end(_ id: UInt64) {
            guard let (call, parent) = callers[id] else { return }
            ended += 1
            for case .resume(let next, _) in pools[call.handler].release(1, now: at(1)) { running.append(next) }
            if let parent { end(parent) }
        }
        while let id = running.popLast(), let (call, _) = callers[id] {
            if call.depth == 4 { end(id) } else { begin(Running(handler: 1 - call.handler, depth: call.depth + 1), parent: id) }
        }
        #expect(ended == 500)
    }
}

@Suite("Processes that took the place of dead ones") struct ProbationTests {
    private let start = ContinuousClock.now
    private func at(_ seconds: Double) -> ContinuousClock.Instant { start.advanced(by: .seconds(seconds)) }

    /// A pool of one process, the third, after two that died at once.
    private func bereaved() -> ProcessPool {
        var pool = ProcessPool(.init(instances: 1...1, concurrency: 2, idle: .seconds(5), waiting: 8))
        _ = pool.tick(at(0))
        for id in 1...2 {
            #expect(!pool.isOnProbation(id))
            _ = pool.ready(id, now: at(0))
            #expect(pool.died(id, now: at(0)) == [.start(id + 1)])
        }
        #expect(pool.isOnProbation(3))
        #expect(pool.ready(3, now: at(0)) == [])
        return pool
    }

    @Test("they stand back until they have lived for a while") func age() {
        var pool = bereaved()
        #expect(pool.tick(at(9)) == [])
        #expect(pool.tick(at(10)) == [.restore(3)])
        #expect(!pool.isOnProbation(3) && pool.tick(at(11)) == [])
    }

    @Test("or have answered many calls") func answers() {
        var pool = bereaved()
        for call in 1...Circuit.manyAnswers {
            #expect(pool.lease(UInt64(call), deadline: .after(.seconds(30), from: start), now: at(1)) == .use(3))
            #expect(pool.release(3, now: at(1)) == (call == Circuit.manyAnswers ? [.restore(3)] : []))
        }
    }

    @Test("one that falls silent stays back when it speaks again") func silence() {
        var pool = bereaved()
        _ = pool.lease(1, deadline: .after(.seconds(30), from: start), now: at(1))
        _ = pool.fellSilent(3, now: at(1))
        #expect(pool.observe(3, memory: 0, cpu: .zero, now: at(1.5)) == [])
        #expect(pool.spokeAgain(3, now: at(1.6)).isEmpty && pool.isOnProbation(3))
    }
}
