import Kernel
import Logging
import Manifest
import ServiceLifecycle

/// Erases tenants whose time has come: the hooks of handlers, then all rows at once, then what lies in this gateway's files.
///
/// Any gateway may take up what another one has left. Files are each gateway's own: it removes them when it hears of an erasure, or at its next start
/// within a day.
struct ErasureService: Service {
    /// How often it looks.
    static let interval: Duration = .seconds(1)
    /// How long one that could not go on waits, at first and at most; it doubles.
    static let wait: ClosedRange<Duration> = .seconds(5)...(.seconds(600))

    let calls: SystemCalls
    let database: ErasureDatabase
    let files: TenantFiles
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var cleaned: Set<TenantID> = []
            var waits: [TenantID: Duration] = [:]
            while await pause(for: Self.interval) {
                do throws(AppError) {
                    while let claim = try await database.claim() { await work(on: claim, &waits) }
                    try await clean(&cleaned)
                } catch {
                    if !Task.isCancelled {
                        logger.warning(
                            "erasures could not be looked up; it is tried again", metadata: .keys([.error: "\(String(reflecting: error))"]))
                    }
                }
                if Task.isCancelled { return }
            }
        }
    }

    private func work(on claim: ErasureDatabase.Claim, _ waits: inout [TenantID: Duration]) async {
        let tenant = claim.tenant
        do throws(AppError) {
            if !claim.isErased {
                try await callHooks(claim)
                guard try await database.erase(tenant) else { throw Self.lostClaim }
                logger.notice("a tenant is erased", metadata: .keys([.tenantID: "\(tenant)"]))
            }
            try await remove(tenant, mails: try await database.recent().first { $0.tenant == tenant }?.mails ?? [])
            guard try await database.finish(tenant) else { throw Self.lostClaim }
            waits[tenant] = nil
        } catch {
            let wait = min(waits[tenant].map { $0 * 2 } ?? Self.wait.lowerBound, Self.wait.upperBound)
            waits[tenant] = wait
            logger.error(
                "a tenant could not be erased yet; it is tried again",
                metadata: .keys([.tenantID: "\(tenant)", .error: "\(String(reflecting: error))"]))
            try? await database.postpone(tenant, by: wait, because: "\(error.code.name): \(error.message)")
        }
    }

    private static let lostClaim = AppError(.conflict, "another gateway has taken it up")

    /// Calls each hook that has not answered; the claim is renewed meanwhile.
    private func callHooks(_ claim: ErasureDatabase.Claim) async throws(AppError) {
        let tenant = claim.tenant
        for handler in calls.gateway.handlers where !claim.hooks.contains(handler.name) {
            guard let path = handler.pool.manifest.hooks.erase else { continue }
            let result = await withTaskGroup(of: Result<Void, AppError>?.self) { group in
                group.addTask {
                    do throws(AppError) {
                        let answer = try await calls.run(handler: handler.name, path: path, tenant: tenant, body: Array("{}".utf8))
                        guard (200..<300).contains(answer.status) else {
                            throw AppError(.handlerFailed, "the hook of \(handler.name) answered \(answer.status)")
                        }
                        return .success(())
                    } catch { return .failure(error) }
                }
                group.addTask {
                    // Where it cannot be renewed the claim ends, and whoever has it then is told by the hook's own repetition.
                    while await pause(for: .seconds(ErasureDatabase.lease / 3)) { _ = try? await database.renew(tenant) }
                    return nil
                }
                let first = await group.next() ?? nil
                group.cancelAll()
                return first ?? .failure(AppError(.cancelled))
            }
            try result.get()
            guard try await database.answered(handler.name, tenant) else { throw Self.lostClaim }
        }
    }

    /// Removes the files of tenants that were erased, here or elsewhere.
    private func clean(_ cleaned: inout Set<TenantID>) async throws(AppError) {
        let recent = try await database.recent()
        for (tenant, mails) in recent where !cleaned.contains(tenant) {
            try await remove(tenant, mails: mails)
            cleaned.insert(tenant)
        }
        cleaned.formIntersection(recent.map(\.tenant))
    }

    private func remove(_ tenant: TenantID, mails: [UUID]) async throws(AppError) {
        do {
            try await files.remove(tenant, mails: mails)
        } catch let error as AppError {
            throw error
        } catch { throw AppError(.internalError, detail: "\(error)") }
    }
}
