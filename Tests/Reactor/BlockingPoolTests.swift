import Glibc
import Testing

@testable import Reactor

@Suite struct BlockingPoolTests {
    @Test("results and errors come back, to the caller's loop")
    func results() async throws {
        let pool = BlockingPool()
        #expect(try await pool.run { 6 * 7 } == 42)
        await #expect(throws: Broken.self) { try await pool.run { throw Broken() } }
        try await withReactor { reactor in
            try await withTaskExecutorPreference(reactor) {
                let onLoop = try await pool.run { reactor.isCurrent }
                #expect(!onLoop && reactor.isCurrent)
            }
        }
    }

    @Test("pitfall 33: more blocking calls than threads neither deadlock nor hold the caller's loop")
    func moreThanThreads() async throws {
        let pool = BlockingPool(threads: 2)
        let running = Shared(Load())
        try await withReactor { reactor in
            try await withTaskExecutorPreference(reactor) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<20 {
                        group.addTask {
                            try await pool.run {
                                running.with {
                                    $0.now += 1
                                    $0.most = max($0.most, $0.now)
                                }
                                usleep(500)
                                running.with { $0.now -= 1 }
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
        #expect(running.with { $0.most } <= 2)
    }

    @Test("the threads of a pool stand back as far as it says, and nobody else does")
    func niceness() async throws {
        @Sendable func own() -> Int32 { getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0) }
        let ordinary = try await BlockingPool().run(own)
        #expect(try await BlockingPool(niceness: 13).run(own) == max(13, ordinary))
        #expect(try await BlockingPool().run(own) == ordinary)
        #expect(own() == ordinary)
    }

    private struct Broken: Error {}
    private struct Load {
        var now = 0
        var most = 0
    }
}
