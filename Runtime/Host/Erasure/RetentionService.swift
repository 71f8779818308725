import Kernel
import Logging
import Manifest
import ServiceLifecycle

/// Once a day has handlers remove what a tenant's plan keeps no longer.
struct RetentionService: Service {
    /// How often it looks for tenants that are due.
    static let interval: Duration = .seconds(60)
    /// How many it takes at once.
    static let batch = 20
    /// How many of them are under way at once: one with much to remove does not hold up the others.
    static let atOnce = 4

    let calls: SystemCalls
    let database: ErasureDatabase
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            repeat { await round() } while await pause(for: Self.interval)
        }
    }

    private func round() async {
        let hooks = Dictionary(
            calls.gateway.handlers.compactMap { handler in handler.pool.manifest.hooks.retain.map { (handler.name, $0) } }
        ) { first, _ in first }
        guard !hooks.isEmpty else { return }
        do throws(AppError) {
            while !Task.isCancelled {
                let due = try await database.retentions(of: hooks.keys.sorted(), most: Self.batch)
                if due.isEmpty { return }
                await withTaskGroup(of: Void.self) { group in
                    for (index, retention) in due.enumerated() {
                        if index >= Self.atOnce { await group.next() }
                        group.addTask { await retain(retention, path: hooks[retention.handler] ?? "") }
                    }
                }
            }
        } catch {
            if !Task.isCancelled {
                logger.warning(
                    "what plans keep no longer could not be looked up; it is tried again",
                    metadata: .keys([.error: "\(String(reflecting: error))"]))
            }
        }
    }

    private func retain(_ retention: ErasureDatabase.Retention, path: String) async {
        do throws(AppError) {
            let body = try JSON.encode(["before": .string(retention.before.description)] as JSONValue)
            let answer = try await calls.run(handler: retention.handler, path: path, tenant: retention.tenant, body: body)
            guard (200..<300).contains(answer.status) else { throw AppError(.handlerFailed, "the hook answered \(answer.status)") }
            try await database.retained(retention)
        } catch {
            if error.code == .cancelled { return }
            logger.error(
                "what a tenant's plan keeps no longer could not be removed; it is tried again in an hour",
                metadata: .keys([
                    .tenantID: "\(retention.tenant)", .handler: "\(retention.handler)", .error: "\(String(reflecting: error))",
                ]))
        }
    }
}
