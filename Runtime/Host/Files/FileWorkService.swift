import Kernel
import Logging
import ServiceLifecycle

/// Has files read and imported when nobody waits for it: claims what is due and calls the uploads handler in the tenant's name.
///
/// A claim is renewed while the call runs. Where the handler dies the work is tried again, by this gateway or, where this one dies, by whoever finds
/// the claim over; the handler itself gives up what ended it too often.
struct FileWorkService: Service {
    /// How often it looks while nothing is due.
    static let interval: Duration = .milliseconds(500)
    /// How much of it runs at once, each for another tenant.
    static let lanes = 2
    /// How long work that failed waits, at first and at most; it doubles.
    static let wait: ClosedRange<Duration> = .seconds(1)...(.seconds(300))
    private static let handler = "uploads"
    private static let path = "/internal/uploads/work"

    let calls: SystemCalls
    let database: FileWorkDatabase
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for _ in 0..<Self.lanes { group.addTask { await lane() } }
            }
        }
    }

    private func lane() async {
        while await pause(for: Self.interval) {
            guard calls.gateway.handlers.contains(where: { $0.name == Self.handler }) else { continue }
            do throws(AppError) {
                while !Task.isCancelled, let work = try await database.claim(most: 1).first { try await perform(work) }
            } catch {
                if !Task.isCancelled {
                    logger.warning(
                        "work on files could not be looked up; it is tried again", metadata: .keys([.error: "\(String(reflecting: error))"]))
                }
            }
        }
    }

    private func perform(_ work: FileWorkDatabase.Work) async throws(AppError) {
        do throws(AppError) {
            try await call(work)
        } catch {
            // A shutdown leaves the claim to end by itself, so that another gateway goes on.
            if Task.isCancelled { return }
            logger.warning(
                "work on a file failed; it is tried again",
                metadata: .keys([.tenantID: "\(work.tenant)", .handler: "\(Self.handler)", .error: "\(String(reflecting: error))"]))
            return try await database.end(work, again: Self.wait(behind: work.attempt))
        }
        try await database.end(work)
    }

    static func wait(behind attempt: Int) -> Duration {
        min(wait.lowerBound * (1 << min(max(attempt - 1, 0), 16)), wait.upperBound)
    }

    /// Calls the handler, and renews the claim meanwhile. Where the claim is lost the call is cancelled.
    private func call(_ work: FileWorkDatabase.Work) async throws(AppError) {
        let body = try JSON.encode(
            ["kind": .string(work.kind), "id": .string("\(work.id)"), "attempt": .integer(Int64(work.attempt))] as JSONValue)
        let result = await withTaskGroup(of: Result<Void, AppError>.self) { group in
            group.addTask {
                do throws(AppError) {
                    let answer = try await calls.run(handler: Self.handler, path: Self.path, tenant: work.tenant, body: body)
                    guard (200..<300).contains(answer.status) else { throw AppError(.handlerFailed, "the handler answered \(answer.status)") }
                    return .success(())
                } catch { return .failure(error) }
            }
            group.addTask {
                while await pause(for: .seconds(FileWorkDatabase.lease / 3)) {
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
