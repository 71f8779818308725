import Glibc
import Testing

@testable import Reactor

@Suite struct ProcessorClockTests {
    @Test("a short job counts as it lasted, without a look at the thread's clock")
    func short() {
        var clock = ProcessorClock()
        var reads = 0
        for _ in 1..<ProcessorClock.shortJobs {
            #expect(
                clock.used(99_999) {
                    reads += 1
                    return 0
                } == 99_999)
        }
        #expect(reads == 0)
        _ = clock.used(1) {
            reads += 1
            return 0
        }
        #expect(reads == 1)
    }

    @Test("a long job counts what the thread has used since the last look, at most as it lasted")
    func long() {
        var clock = ProcessorClock()
        #expect(clock.used(5_000_000) { 9_000_000 } == 5_000_000)
        // It lasted 20 ms; for 17 of them another thread had the processor.
        #expect(clock.used(20_000_000) { 12_000_000 } == 3_000_000)
        #expect(clock.used(20_000_000) { 52_000_000 } == 20_000_000)
    }

    @Test("the jobs of two tasks that take turns on one loop are told apart, and other threads' work is added")
    func tasks() async throws {
        let reactor = Reactor(name: "measured")
        reactor.start()
        defer { reactor.stop() }
        let (busy, idle) = (MeasuredExecutor(reactor), MeasuredExecutor(reactor))
        await withTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: busy) {
                for _ in 0..<10 {
                    spend(2_000_000)
                    await Task.yield()
                }
            }
            group.addTask(executorPreference: idle) { for _ in 0..<10 { await Task.yield() } }
        }
        idle.measure { spend(4_000_000) }
        await withTaskExecutorPreference(reactor) {
            #expect(busy.nanoseconds >= 20_000_000)
            #expect(idle.nanoseconds >= 4_000_000 && idle.nanoseconds < 14_000_000)
        }
    }
}

/// Uses the processor for so many nanoseconds of the thread's own clock.
private func spend(_ nanoseconds: Int64) {
    let end = ProcessorClock.threadTime() + nanoseconds
    while ProcessorClock.threadTime() < end {}
}
