import Archives
import HandlerKit

/// An operator's transaction as archives use it.
struct OperatorSession: ArchiveSession {
    let session: SQLSession

    func renew() async throws { try await session.renew() }

    func rows(_ sql: String, _ binds: [Bind]) async throws -> Rows { try await session.rows(sql, binds) }
}

extension OperatorInvocation {
    /// Runs a body in one transaction.
    func archiving<R: Sendable>(snapshot: Bool = false, _ body: @Sendable (any ArchiveSession) async throws -> R) async throws -> R {
        try await session(snapshot: snapshot) { try await body(OperatorSession(session: $0)) }
    }

    /// What its acts leave in the audit log of the tenant and among the security events.
    var record: ArchiveRecord {
        ArchiveRecord { action, details in [audit(action, details: details), event(action, details: details)] }
    }

    /// The tenant of the route. Throws `INTERNAL_ERROR` where it has none.
    func requireTenant() throws(AppError) -> TenantID {
        guard let tenant else { throw AppError(.internalError, detail: "a route of archives without a tenant") }
        return tenant
    }
}
