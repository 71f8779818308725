import Kernel
import Logging
import Postgres
import ServiceLifecycle
import Synchronization

/// Has handlers do what a queue says is due: claims it and calls the handler in the tenant's name.
///
/// A claim is renewed while the call runs. Where the handler dies the work is tried again, by this gateway or, where this one dies, by whoever finds
/// the claim over; the handler itself gives up what ended it too often. One look at a time asks the database while nothing is due; whoever has ended
/// something takes the next at once.
struct WorkService: Service {
    /// How often it looks while nothing is due.
    static let interval: Duration = .milliseconds(500)
    /// How long work that failed waits, at first and at most; it doubles.
    static let wait: ClosedRange<Duration> = .seconds(1)...(.seconds(300))

    let queue: WorkQueue
    /// How much of it runs at once.
    let lanes: Int
    let calls: SystemCalls
    let client: PostgresClient
    let claimer: UUID
    let logger: Logger

    private var database: WorkDatabase { WorkDatabase(queue: queue, client: client, claimer: claimer) }

    /// How many lanes are busy.
    private final class Busy: Sendable {
        let count = Atomic<Int>(0)
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                let busy = Busy()
                while await pause(for: Self.interval) {
                    guard calls.gateway.handlers.contains(where: { $0.name == queue.handler }) else { continue }
                    while !Task.isCancelled {
                        let free = lanes - busy.count.load(ordering: .relaxed)
                        let found = free > 0 ? await claim(most: free) : []
                        for work in found {
                            busy.count.add(1, ordering: .relaxed)
                            group.addTask {
                                await lane(work)
                                busy.count.subtract(1, ordering: .relaxed)
                            }
                        }
                        if found.count < max(free, 1) { break }
                    }
                }
            }
        }
    }

    /// Works on until nothing is due.
    private func lane(_ first: WorkDatabase.Work) async {
        var next: WorkDatabase.Work? = first
        while let work = next {
            do throws(AppError) { try await perform(work) } catch { warn(error) }
            next = Task.isCancelled ? nil : await claim(most: 1).first
        }
    }

    private func claim(most: Int) async -> [WorkDatabase.Work] {
        do throws(AppError) { return try await database.claim(most: most) } catch {
            warn(error)
            return []
        }
    }

    private func warn(_ error: AppError) {
        if Task.isCancelled { return }
        logger.warning(
            "work could not be looked up; it is tried again",
            metadata: .keys([.handler: "\(queue.handler)", .error: "\(String(reflecting: error))"]))
    }

    private func perform(_ work: WorkDatabase.Work) async throws(AppError) {
        do throws(AppError) {
            try await call(work)
        } catch {
            // A shutdown leaves the claim to end by itself, so that another gateway goes on.
            if Task.isCancelled { return }
            logger.warning(
                "work failed; it is tried again",
                metadata: .keys([.tenantID: "\(work.tenant)", .handler: "\(queue.handler)", .error: "\(String(reflecting: error))"]))
            return try await database.end(work, again: Self.wait(behind: work.attempt))
        }
        try await database.end(work)
    }

    static func wait(behind attempt: Int) -> Duration {
        min(wait.lowerBound * (1 << min(max(attempt - 1, 0), 16)), wait.upperBound)
    }

    /// Calls the handler, and renews the claim meanwhile. Where the claim is lost the call is cancelled.
    private func call(_ work: WorkDatabase.Work) async throws(AppError) {
        let body = try JSON.encode(
            ["kind": .string(work.kind), "id": .string("\(work.id)"), "attempt": .integer(Int64(work.attempt))] as JSONValue)
        let result = await withTaskGroup(of: Result<Void, AppError>.self) { group in
            group.addTask {
                do throws(AppError) {
                    let answer = try await calls.run(handler: queue.handler, path: queue.path, tenant: work.tenant, body: body)
                    guard (200..<300).contains(answer.status) else { throw AppError(.handlerFailed, "the handler answered \(answer.status)") }
                    return .success(())
                } catch { return .failure(error) }
            }
            group.addTask {
                while await pause(for: .seconds(WorkDatabase.lease / 3)) {
                    // Where the database does not answer the claim stays as it is, until it is over.
                    if (try? await database.renew(work)) == false { break }
                }
                return .failure(AppError(.cancelled, "the claim is lost"))
            }
            let first = await group.next() ?? .failure(AppError(.cancelled))
            group.cancelAll()
            return first
        }
        try result.get()
    }
}
