import Glibc
import Synchronization
import Testing

@testable import Reactor

/// Runs a body with a loop on a thread of its own.
func withReactor<R>(_ body: (Reactor) async throws -> R) async rethrows -> R {
    let reactor = Reactor(name: "test-loop")
    reactor.start()
    defer { reactor.stop() }
    return try await body(reactor)
}

/// A value that several threads of a test change.
final class Shared<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    init(_ value: Value) { self.value = Mutex(value) }

    func with<R: Sendable>(_ body: @Sendable (inout Value) -> R) -> R {
        value.withLock { value in body(&value) }
    }
}

actor Counter {
    nonisolated let reactor: Reactor
    nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.asUnownedSerialExecutor() }
    private var count = 0

    init(on reactor: Reactor) { self.reactor = reactor }

    func next() -> Int? {
        count += 1
        return reactor.isCurrent ? count : nil
    }
}

@Suite struct LoopTests {
    @Test("code of a task that prefers the loop runs on it, also after it waited and in child tasks")
    func taskRunsOnLoop() async {
        await withReactor { reactor in
            await withTaskExecutorPreference(reactor) {
                #expect(reactor.isCurrent)
                await Task.yield()
                #expect(reactor.isCurrent)
                await withTaskGroup(of: Bool.self) { group in
                    for _ in 0..<20 {
                        group.addTask {
                            await Task.yield()
                            return reactor.isCurrent
                        }
                    }
                    for await onLoop in group { #expect(onLoop) }
                }
                let resumed = await withCheckedContinuation { continuation in
                    spawnThread(named: "other") { continuation.resume(returning: true) }
                }
                #expect(resumed && reactor.isCurrent)
            }
        }
    }

    @Test("an actor may live on the loop")
    func actorOnLoop() async {
        await withReactor { reactor in
            let counter = Counter(on: reactor)
            #expect(await counter.next() == 1)
            #expect(await counter.next() == 2)
        }
    }

    @Test("bodies from other threads all run, in the order of each thread")
    func executeFromOutside() async {
        await withReactor { reactor in
            let seen = Shared<[Int: [Int]]>([:])
            await withTaskGroup(of: Void.self) { group in
                for sender in 0..<4 {
                    group.addTask {
                        for number in 0..<1000 {
                            reactor.execute { seen.with { $0[sender, default: []].append(number) } }
                        }
                        await withCheckedContinuation { continuation in reactor.execute { continuation.resume() } }
                    }
                }
            }
            let all = seen.with { $0 }
            for sender in 0..<4 { #expect(all[sender] == Array(0..<1000)) }
        }
    }

    @Test("a descriptor reports readiness until it is read, pauses and resumes by interest, and is silent once deregistered")
    func levelTriggered() async {
        await withReactor { reactor in
            var ends: [Int32] = [0, 0]
            #expect(pipe(&ends) == 0)
            let (reading, writing) = (ends[0], ends[1])
            let calls = await withCheckedContinuation { (continuation: CheckedContinuation<Int, Never>) in
                reactor.execute {
                    let state = PipeReader()
                    _ = write(writing, "abc", 3)
                    state.registration = reactor.register(reading, .read) { ready in
                        #expect(ready == .read)
                        state.calls += 1
                        var byte: UInt8 = 0
                        _ = read(reading, &byte, 1)
                        switch state.calls {
                        case 2:
                            state.registration?.set([])
                            reactor.schedule(after: .milliseconds(1)) { state.registration?.set(.read) }
                        case 3:
                            state.registration?.deregister()
                            _ = write(writing, "d", 1)
                            reactor.schedule(after: .milliseconds(1)) { continuation.resume(returning: state.calls) }
                        default: break
                        }
                    }
                }
            }
            #expect(calls == 3)
            close(reading)
            close(writing)
        }
    }

    @Test("a registration that another handler removed in the same turn is not told, though its descriptor was ready")
    func staleReadiness() async {
        await withReactor { reactor in
            let told = await withCheckedContinuation { (continuation: CheckedContinuation<Int, Never>) in
                reactor.execute {
                    var ends: [[Int32]] = []
                    let state = Registrations()
                    for index in 0..<2 {
                        var pair: [Int32] = [0, 0]
                        _ = pipe(&pair)
                        _ = write(pair[1], "x", 1)
                        ends.append(pair)
                        state.all.append(
                            reactor.register(pair[0], .read) { _ in
                                state.told += 1
                                state.all[0].deregister()
                                state.all[1].deregister()
                                for end in ends.joined() { close(end) }
                                reactor.schedule(after: .zero) { continuation.resume(returning: state.told) }
                                _ = index
                            })
                    }
                }
            }
            #expect(told == 1)
        }
    }

    @Test("timers fire in the order of their moments, a cancelled one never")
    func timers() async {
        await withReactor { reactor in
            let order = await withCheckedContinuation { (continuation: CheckedContinuation<[Int], Never>) in
                reactor.execute {
                    let log = Log()
                    let start = ContinuousClock.now
                    reactor.schedule(at: start.advanced(by: .milliseconds(3))) { continuation.resume(returning: log.entries) }
                    reactor.schedule(at: start.advanced(by: .milliseconds(2))) { log.entries.append(2) }
                    let cancelled = reactor.schedule(at: start.advanced(by: .milliseconds(1))) { log.entries.append(9) }
                    reactor.schedule(at: start.advanced(by: .milliseconds(1))) { log.entries.append(1) }
                    cancelled.cancel()
                    cancelled.cancel()
                }
            }
            #expect(order == [1, 2])
        }
    }
}

// State of one test, used on its loop's thread alone.
private final class PipeReader: @unchecked Sendable {
    var calls = 0
    var registration: Registration?
}

private final class Registrations: @unchecked Sendable {
    var all: [Registration] = []
    var told = 0
}

private final class Log: @unchecked Sendable {
    var entries: [Int] = []
}
