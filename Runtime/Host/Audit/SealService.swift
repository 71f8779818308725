import Kernel
import Logging
import ServiceLifecycle

/// Has the audit logs sealed of tenants for whom something was written, every so often and once more when the host stops.
///
/// What is not sealed when a gateway is killed is sealed with the tenant's next write, verification or export.
struct SealService: Service {
    /// The longest that a stop waits for it.
    static let stopLimit: Duration = .seconds(5)

    let calls: SystemCalls
    let written: WrittenTenants
    let known: KnownSeals
    /// How often.
    let interval: Duration
    let time: TimeSource
    let logger: Logger

    /// What the audit handler answers.
    private struct Answer: Decodable {
        /// Whether the chain could be made longer, and the seal that was known before still stands in it.
        var intact: Bool
        var head: KnownSeals.Seal?
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while await pause(for: interval) { await round(until: .after(interval, from: time.instant())) }
        }
        await round(until: .after(Self.stopLimit, from: time.instant()))
    }

    private func round(until deadline: Deadline) async {
        var hasNew = false
        for tenant in written.take() {
            guard !deadline.hasPassed(at: time.instant()) else {
                written.note(tenant)
                continue
            }
            if await seal(tenant) { hasNew = true }
        }
        guard hasNew else { return }
        do {
            try await known.save()
        } catch {
            logger.error("the newest seals of the audit logs could not be kept", metadata: .keys([.error: "\(String(reflecting: error))"]))
        }
    }

    /// Whether there is a new seal.
    private func seal(_ tenant: TenantID) async -> Bool {
        do throws(AppError) {
            let before = known[tenant]
            var body = Array("{}".utf8)
            if let before { body = try JSON.encode(before) }
            let answer = try await calls.run(handler: "audit", path: "/internal/audit/seal", tenant: tenant, body: body)
            let said = try JSON.decode(Answer.self, from: JSON.read(answer.body))
            guard said.intact else {
                logger.critical(
                    "the audit log of a tenant is not what was sealed: its chain was changed, or its end cut off",
                    metadata: .keys([.tenantID: "\(tenant)", .reason: "known before: seal \(before?.seal ?? 0), \(before?.hash ?? "none")"]))
                return false
            }
            guard let head = said.head, head != before else { return false }
            known.set(head, of: tenant)
            logger.info("sealed", metadata: .keys([.tenantID: "\(tenant)", .reason: "seal \(head.seal), \(head.hash)"]))
            return true
        } catch {
            // No audit handler is served, or the tenant is gone.
            if error.code == .notFound { return false }
            written.note(tenant)
            logger.error(
                "the audit log of a tenant could not be sealed; it is tried again",
                metadata: .keys([.tenantID: "\(tenant)", .error: "\(String(reflecting: error))"]))
            return false
        }
    }
}
