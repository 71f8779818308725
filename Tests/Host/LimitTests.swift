import Glibc
import Kernel
import Testing

@testable import Host

@Suite("Limits of a process") struct LimitTests {
    private let start = ContinuousClock.now
    private func at(_ seconds: Int) -> ContinuousClock.Instant { start.advanced(by: .seconds(seconds)) }
    private var soon: Deadline { .after(.seconds(30), from: start) }

    /// One process with two calls, of at most 100 bytes and 8 seconds of processor time.
    private func busy(_ most: Int = 1) -> ProcessPool {
        var pool = ProcessPool(.init(instances: 0...most, concurrency: 2, memory: 100, cpu: .seconds(8)))
        _ = pool.lease(1, deadline: soon, now: at(0))
        _ = pool.ready(1, now: at(0))
        _ = pool.lease(2, deadline: soon, now: at(0))
        return pool
    }

    @Test("three quarters of the memory replace a process, all of it kills it") func memory() {
        var pool = busy()
        #expect(pool.observe(1, memory: 74, cpu: .zero, now: at(1)) == [])
        #expect(pool.observe(1, memory: 75, cpu: .zero, now: at(2)) == [.drain(1)])
        #expect(pool.lease(3, deadline: soon, now: at(2)) == .wait([.start(2)]), "nothing new goes there")
        #expect(pool.observe(1, memory: 99, cpu: .zero, now: at(3)) == [])
        #expect(pool.observe(1, memory: 100, cpu: .zero, now: at(4)) == [.kill(1, .memory)])
        #expect(pool.observe(1, memory: 200, cpu: .zero, now: at(5)) == [])
    }

    @Test("a process that is replaced for what it uses may finish its calls in all their time") func patience() {
        var pool = busy()
        _ = pool.observe(1, memory: 75, cpu: .zero, now: at(0))
        #expect(pool.tick(at(29)) == [])
        #expect(pool.tick(at(30)) == [.kill(1, .drain)])
    }

    @Test("processor time counts from the last call that ended") func cpu() {
        var pool = busy()
        #expect(pool.observe(1, memory: 0, cpu: .seconds(100), now: at(1)) == [])
        #expect(pool.observe(1, memory: 0, cpu: .seconds(105), now: at(2)) == [])
        _ = pool.release(1, now: at(2))
        #expect(pool.observe(1, memory: 0, cpu: .seconds(110), now: at(3)) == [])
        #expect(pool.observe(1, memory: 0, cpu: .seconds(116), now: at(4)) == [.drain(1)])
        #expect(pool.observe(1, memory: 0, cpu: .seconds(118), now: at(5)) == [.kill(1, .cpu)])
    }

    @Test("an idle process burns nothing") func idle() {
        var pool = busy()
        _ = pool.release(1, now: at(0))
        _ = pool.release(1, now: at(0))
        for second in 1...9 { #expect(pool.observe(1, memory: 0, cpu: .seconds(10 * second), now: at(second)) == []) }
    }

    @Test("pitfall 32: a process that does not answer gets nothing new, a sibling starts above the maximum, and after the grace it is killed")
    func silent() {
        var pool = busy()
        #expect(pool.fellSilent(1, now: at(1)) == [.start(2)])
        #expect(pool.fellSilent(1, now: at(1)) == [])
        #expect(pool.lease(3, deadline: soon, now: at(1)) == .wait([]))
        #expect(pool.ready(2, now: at(1)) == [.resume(3, 2)])
        #expect(pool.tick(at(1)) == [])
        #expect(pool.tick(at(2)) == [.kill(1, .silence)])
        #expect(pool.died(1, now: at(2)) == [])
    }

    @Test("pitfall 32: what a process waited for a processor is no silence; what loops yields to others until it answers") func starved() {
        var pool = busy()
        #expect(pool.observe(1, memory: 0, cpu: .zero, starved: .seconds(7), now: at(0)) == [])
        _ = pool.fellSilent(1, now: at(1))
        #expect(pool.observe(1, memory: 0, cpu: .zero, starved: .seconds(10), now: at(4)) == [])
        #expect(pool.tick(at(4)) == [])
        #expect(pool.observe(1, memory: 0, cpu: .zero, starved: .milliseconds(10_500), now: at(5)) == [.demote(1)])
        #expect(pool.observe(1, memory: 0, cpu: .zero, starved: .milliseconds(10_500), now: at(5)) == [])
        #expect(pool.spokeAgain(1, now: at(5)) == [.restore(1)])
        _ = pool.fellSilent(1, now: at(6))
        #expect(pool.observe(1, memory: 0, cpu: .zero, starved: .milliseconds(10_500), now: at(7)) == [.demote(1)])
        #expect(pool.tick(at(7)) == [.kill(1, .silence)])
    }

    @Test("pitfall 32: an answer that comes late clears the suspicion") func late() {
        var pool = busy(2)
        _ = pool.fellSilent(1, now: at(1))
        #expect(pool.spokeAgain(1, now: at(1)) == [])
        #expect(pool.tick(at(3)) == [])
        _ = pool.release(1, now: at(3))
        #expect(pool.lease(3, deadline: soon, now: at(3)) == .use(1))
    }

    @Test("a version that is followed by another one keeps nothing warm, and serves who still comes") func superseded() {
        var pool = ProcessPool(.init(instances: 1...2, concurrency: 2, idle: .seconds(60)))
        _ = pool.tick(at(0))
        _ = pool.ready(1, now: at(0))
        #expect(pool.supersede(at(1)) == [.drain(1)])
        #expect(pool.died(1, now: at(1)) == [])
        #expect(pool.lease(1, deadline: soon, now: at(1)) == .wait([.start(2)]))
    }

    @Test("where another program stands in its place nothing is started for a moment, and nothing is held against it") func outdated() {
        var pool = ProcessPool(.init(instances: 0...2, concurrency: 2, look: .seconds(1)))
        #expect(pool.lease(1, deadline: soon, now: at(0)) == .wait([.start(1)]))
        #expect(pool.outdated(1, now: at(0)) == [])
        #expect(pool.tick(at(0)) == [])
        #expect(pool.tick(at(1)) == [.start(2)])
        #expect(pool.circuit.failures == 0)
    }

    @Test("the kernel's words are read, whatever a program is called") func sample() throws {
        let stat = "7 (a) S 1 (b) R 1 7 7 0 -1 4194304 100 0 0 0 150 50 0 0 20 0 3 0 100 1000 2000"
        let sample = try #require(ProcessSample(statm: Array("9000 25 10 1 0 5 0".utf8), stat: Array(stat.utf8)))
        #expect(sample.memory == 25 * 4096)
        #expect(sample.cpu == .seconds(2) && sample.starved == .zero)
        #expect(
            try #require(ProcessSample(statm: Array("9000 25".utf8), stat: Array(stat.utf8), schedstat: Array("5 1500 3\n".utf8))).starved
                == .nanoseconds(1500))
        #expect(ProcessSample(statm: [], stat: Array(stat.utf8)) == nil)
        #expect(try #require(ProcessSample.read(getpid())).memory > 1 << 20)
        #expect(ProcessSample.read(-1) == nil)
    }
}

@Suite("Whether a process answers") struct HearingTests {
    private let start = ContinuousClock.now
    private func at(_ milliseconds: Int) -> ContinuousClock.Instant { start.advanced(by: .milliseconds(milliseconds)) }

    @Test("nobody asks a process without work, nor one that is heard") func quiet() {
        var test = HearingTest()
        #expect(test.beat(at(0), hasWork: false) == .nothing)
        for beat in 1...20 {
            test.heard()
            #expect(test.beat(at(beat * 100), hasWork: true) == .nothing)
        }
    }

    @Test("pitfall 32: no answer for 100 ms is silence, and any word ends it") func silence() {
        var test = HearingTest()
        #expect(test.beat(at(0), hasWork: true) == .ping(1))
        for beat in 1...3 { #expect(test.beat(at(beat * 25), hasWork: true) == .nothing) }
        #expect(test.beat(at(100), hasWork: true) == .fellSilent)
        #expect(test.beat(at(125), hasWork: true) == .nothing)
        test.heard()
        #expect(test.beat(at(150), hasWork: true) == .spokeAgain)
        #expect(test.beat(at(175), hasWork: true) == .ping(2))
    }

    @Test("a gateway that was held up itself has not listened") func heldUp() {
        var test = HearingTest()
        #expect(test.beat(at(0), hasWork: true) == .ping(1))
        #expect(test.beat(at(500), hasWork: true) == .nothing)
        test.heard()
        #expect(test.beat(at(525), hasWork: true) == .nothing)
    }
}

@Suite("The circuit of a handler") struct CircuitTests {
    private let start = ContinuousClock.now
    private func at(_ milliseconds: Int) -> ContinuousClock.Instant { start.advanced(by: .milliseconds(milliseconds)) }

    @Test("deaths in a row open it; behind the rest it is tried; an answer closes it") func states() {
        var circuit = Circuit()
        for _ in 1..<Circuit.threshold { circuit.failed(at: at(0), lived: nil) }
        #expect(circuit.state(at: at(0)) == .closed)
        circuit.failed(at: at(0), lived: nil)
        #expect(circuit.state(at: at(999)) == .open)
        #expect(circuit.rest(at: at(400)) == .milliseconds(600))
        #expect(circuit.state(at: at(1000)) == .halfOpen)
        circuit.failed(at: at(1000), lived: .seconds(60))
        #expect(circuit.rest(at: at(1000)) == .seconds(2))
        circuit.answered()
        #expect(circuit.state(at: at(1000)) == .closed)
    }

    @Test("a long life, and many answers, have nothing to do with the deaths before") func cleared() {
        var circuit = Circuit()
        for _ in 0..<20 { circuit.failed(at: at(0), lived: .seconds(11)) }
        for _ in 0..<20 { circuit.failed(at: at(0), lived: .milliseconds(1), answered: 100) }
        #expect(circuit.state(at: at(0)) == .closed)
        #expect(Circuit.rest(after: 1000) == .seconds(30))
    }

    @Test("half open, one process and one call try it") func probe() {
        var pool = ProcessPool(.init(instances: 0...4, concurrency: 8))
        let soon = Deadline.after(.seconds(60), from: start)
        var id = 0
        for round in 0..<Circuit.threshold {
            _ = pool.tick(at(round * 1000))
            _ = pool.lease(UInt64(round), deadline: soon, now: at(round * 1000))
            id += 1
            _ = pool.abandon(UInt64(round))
            _ = pool.died(id, now: at(round * 1000))
        }
        #expect(pool.lease(10, deadline: soon, now: at(4500)) == .refuse(.resting(.milliseconds(500))))
        #expect(pool.lease(11, deadline: soon, now: at(5000)) == .wait([.start(6)]))
        for ticket in 12...40 { #expect(pool.lease(UInt64(ticket), deadline: soon, now: at(5000)) == .wait([])) }
        #expect(pool.ready(6, now: at(5000)) == [.resume(11, 6)])
        let served = pool.release(6, now: at(5001))
        #expect(served.count { if case .resume = $0 { true } else { false } } == 8)
        #expect(served.contains(.start(7)))
    }
}
