import Glibc
import Kernel
import Synchronization
import Testing

@testable import Outbound

@Suite struct TransferMachinesTests {
    private static let pace = AnswerPace(firstByte: .seconds(5), bytes: 100, window: .seconds(10))

    @Test func `the first line has its own time`() {
        let start = ContinuousClock.now
        var clock = TransferClock(Self.pace, start: start)
        #expect(clock.check(at: start + .seconds(5), hasHead: false, received: 0, isPaused: false) == nil)
        #expect(clock.check(at: start + .seconds(6), hasHead: false, received: 0, isPaused: false) == .timedOut)
    }

    @Test func `each window brings its bytes, or the transfer is too slow`() {
        let start = ContinuousClock.now
        var clock = TransferClock(Self.pace, start: start)
        func check(_ second: Int, _ received: Int, isPaused: Bool = false) -> OutboundError? {
            clock.check(at: start + .seconds(second), hasHead: true, received: received, isPaused: isPaused)
        }
        #expect(check(1, 0) == nil)
        #expect(check(11, 100) == nil)
        #expect(check(20, 100) == nil)
        #expect(check(21, 199) == .tooSlow)
    }

    @Test func `what waits for our own reader is not slow`() {
        let start = ContinuousClock.now
        var clock = TransferClock(Self.pace, start: start)
        for second in stride(from: 1, to: 100, by: 3) {
            #expect(clock.check(at: start + .seconds(second), hasHead: true, received: 7, isPaused: true) == nil)
        }
        #expect(clock.check(at: start + .seconds(105), hasHead: true, received: 7, isPaused: false) == nil)
        #expect(clock.check(at: start + .seconds(120), hasHead: true, received: 7, isPaused: false) == .tooSlow)
    }

    @Test func `without a pace nothing is slow`() {
        var clock = TransferClock(nil, start: .now)
        #expect(clock.check(at: .now + .seconds(9000), hasHead: false, received: 0, isPaused: false) == nil)
    }

    private static func arrive(_ flow: inout BodyFlow, _ count: Int) -> Bool {
        [UInt8](repeating: 7, count: count).withUnsafeBytes { flow.arrived($0) }
    }

    @Test func `what waits is bounded, and a paused transfer goes on once it was read`() {
        var flow = BodyFlow()
        var taken = 0
        while Self.arrive(&flow, 16 << 10) { taken += 16 << 10 }
        #expect(taken <= BodyFlow.most + (16 << 10) && flow.isPaused)
        #expect(!Self.arrive(&flow, 1))
        var resumes = 0
        while case .chunk(_, let isResuming) = flow.take() {
            if isResuming {
                resumes += 1
                #expect(flow.waiting <= BodyFlow.least)
            }
        }
        #expect(resumes == 1 && !flow.isPaused && flow.waiting == 0)
        #expect(flow.take() == .wait(resumes: false))
    }

    @Test func `a body is read to its end before its end is told`() {
        var flow = BodyFlow()
        #expect(Self.arrive(&flow, 3))
        flow.finish(.connectionLost("x"))
        flow.finish(nil)
        #expect(flow.take() == .chunk([7, 7, 7], resumes: false))
        #expect(flow.take() == .failed(.connectionLost("x")))
        var whole = BodyFlow()
        whole.finish(nil)
        #expect(whole.hasNews && whole.take() == .end)
    }

    @Test func `a name is looked up once for all who ask at the same time`() async throws {
        let asked = Atomic(0)
        let gate = Gate()
        let lookups = Lookups { _ in
            asked.add(1, ordering: .relaxed)
            gate.wait()
            return [InternetAddress("192.0.2.1")!]
        }
        let found = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<5 { group.addTask { try await lookups.addresses(of: "one.test", within: .seconds(900)).count } }
            while lookups.waiters(of: "one.test") < 5 { await Task.yield() }
            gate.open()
            return try await group.reduce(0, +)
        }
        #expect(found == 5 && asked.load(ordering: .relaxed) == 1)
    }

    @Test func `a name server that says nothing is not waited for`() async throws {
        let gate = Gate()
        defer { gate.open() }
        let lookups = Lookups { name in
            if name == "silent.test" { gate.wait() }
            return [InternetAddress("192.0.2.1")!]
        }
        await #expect(throws: OutboundError.nameUnknown("no answer from the name server in time")) {
            try await lookups.addresses(of: "silent.test", within: .milliseconds(20))
        }
        #expect(try await lookups.addresses(of: "other.test", within: .seconds(900)).count == 1)
    }
}

/// Holds threads until it is opened.
private final class Gate: Sendable {
    private let isOpen = Atomic(false)
    func open() { isOpen.store(true, ordering: .relaxed) }
    func wait() { while !isOpen.load(ordering: .relaxed) { sched_yield() } }
}
