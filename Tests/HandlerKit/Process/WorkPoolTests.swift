import Glibc
import Kernel
import Testing

@testable import HandlerKit

@Suite("A handler's own threads") struct WorkPoolTests {
    @Test("a full pool refuses at once and says when to come again; what has left makes room") func full() async throws {
        let pool = WorkPool(threads: 1, room: 1, name: "test")
        let (started, release) = (Signal(), Signal())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await pool.run {
                    started.set()
                    release.wait()
                }
            }
            // On a thread of its own, so that waiting holds up no task.
            try await WorkPool(room: 1, name: "waiter").run { started.wait() }
            let error = await #expect(throws: AppError.self) { try await pool.run {} }
            #expect(error?.code == .unavailable && error?.retryAfter == .seconds(2))
            release.set()
            try await group.waitForAll()
        }
        #expect(try await pool.run { 7 } == 7)
    }

    @Test("who is cancelled while waiting never begins") func cancelled() async throws {
        let pool = WorkPool(threads: 1, room: 3, name: "test")
        let (started, release) = (Signal(), Signal())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await pool.run {
                    started.set()
                    release.wait()
                }
            }
            try await WorkPool(room: 1, name: "waiter").run { started.wait() }
            group.addTask {
                await withThrowingTaskGroup(of: Void.self) { inner in
                    inner.addTask { try await pool.run { _ = Issue.record("it ran") } }
                    inner.cancelAll()
                    release.set()
                    await #expect(throws: CancellationError.self) { try await inner.waitForAll() }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Set once, for whoever waits.
    private final class Signal: @unchecked Sendable {
        // A semaphore is made for threads; nothing else is here.
        private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

        init() { sem_init(semaphore, 0, 0) }
        deinit {
            sem_destroy(semaphore)
            semaphore.deallocate()
        }

        func set() { sem_post(semaphore) }
        func wait() { while sem_wait(semaphore) != 0 {} }
    }
}
