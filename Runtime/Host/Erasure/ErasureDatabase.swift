import Kernel
import Postgres

/// The record of erasures and retention, and the one statement that removes a tenant's rows.
struct ErasureDatabase: Sendable {
    let client: PostgresClient
    /// Names this run of the gateway in claims.
    let claimer: UUID

    /// How long a claim holds without being renewed, in seconds.
    static let lease: Double = 30

    /// A tenant that is to be erased.
    struct Claim: Sendable, Hashable {
        let tenant: TenantID
        /// Handlers whose hook has answered.
        let hooks: [String]
        /// Whether the rows are gone, and only files are left.
        let isErased: Bool
    }

    /// What a handler removes of a tenant because its plan keeps it no longer.
    struct Retention: Sendable, Hashable {
        let tenant: TenantID
        let handler: String
        let before: Timestamp
    }

    static let claim = Statement(
        "host.erasure_claim",
        "select tenant_id, array_to_string(hooks, ' '), is_erased from tenancy.claim_erasure($1, make_interval(secs => $2::float8))", access: .write)
    static let renew = Statement(
        "host.erasure_renew", "select tenancy.renew_erasure($1, $2, make_interval(secs => $3::float8))", access: .write)
    static let answered = Statement(
        "host.erasure_hook", "select tenancy.erasure_hook_answered($1, $2, make_interval(secs => $3::float8), $4)", access: .write)
    static let postpone = Statement(
        "host.erasure_postpone", "select tenancy.postpone_erasure($1, $2, make_interval(secs => $3::float8), $4)", access: .write)
    static let erase = Statement("host.erase_tenant", "select tenancy.erase_tenant($1, $2)", access: .write)
    static let finish = Statement("host.erasure_finish", "select tenancy.finish_erasure($1, $2)", access: .write)
    static let recent = Statement(
        "host.erasures_recent", "select tenant_id, array_to_string(mails, ' ') from tenancy.recent_erasures()", access: .write)
    static let retentions = Statement(
        "host.retentions_claim", "select tenant_id, handler, before from tenancy.claim_retentions($1::text[], $2)", access: .write)
    static let retained = Statement("host.retention_done", "select tenancy.retention_done($1, $2)", access: .write)

    /// The next tenant whose time has come, claimed; nil where there is none.
    func claim() async throws(AppError) -> Claim? {
        try await ask(Self.claim, [.uuid(claimer), .float8(Self.lease)]) { row throws(PostgresError) in
            Claim(tenant: TenantID(try row.uuid(0)), hooks: try row.text(1).split(separator: " ").map(String.init), isErased: try row.bool(2))
        }.first
    }

    /// Whether the claim still holds.
    func renew(_ tenant: TenantID) async throws(AppError) -> Bool { try await flag(Self.renew, [.id(tenant), .uuid(claimer), .float8(Self.lease)]) }

    func answered(_ handler: String, _ tenant: TenantID) async throws(AppError) -> Bool {
        try await flag(Self.answered, [.id(tenant), .uuid(claimer), .float8(Self.lease), .text(handler)])
    }

    func postpone(_ tenant: TenantID, by wait: Duration, because reason: String) async throws(AppError) {
        _ = try await flag(Self.postpone, [.id(tenant), .uuid(claimer), .float8(Double(wait.milliseconds) / 1000), .text(reason)])
    }

    /// Removes all rows in one transaction, which takes long where there are many.
    func erase(_ tenant: TenantID) async throws(AppError) -> Bool {
        try await flag(Self.erase, [.id(tenant), .uuid(claimer)], limit: .seconds(3600))
    }

    func finish(_ tenant: TenantID) async throws(AppError) -> Bool { try await flag(Self.finish, [.id(tenant), .uuid(claimer)]) }

    /// Tenants that were erased in the last day, with the mails that may lie in files.
    func recent() async throws(AppError) -> [(tenant: TenantID, mails: [UUID])] {
        try await ask(Self.recent, []) { row throws(PostgresError) in
            (TenantID(try row.uuid(0)), try row.text(1).split(separator: " ").compactMap { UUID($0) })
        }
    }

    func retentions(of handlers: [String], most: Int) async throws(AppError) -> [Retention] {
        try await ask(Self.retentions, [.texts(handlers), .int32(Int32(most))]) { row throws(PostgresError) in
            Retention(tenant: TenantID(try row.uuid(0)), handler: try row.text(1), before: try row.timestamp(2))
        }
    }

    func retained(_ retention: Retention) async throws(AppError) {
        _ = try await ask(Self.retained, [.id(retention.tenant), .text(retention.handler)]) { _ in () }
    }

    private func flag(_ statement: Statement, _ binds: [Bind], limit: Duration = .seconds(10)) async throws(AppError) -> Bool {
        try await ask(statement, binds, limit: limit) { row throws(PostgresError) in try row.bool(0) }.first ?? false
    }

    private func ask<Value>(
        _ statement: Statement, _ binds: [Bind], limit: Duration = .seconds(10), _ read: (Row) throws(PostgresError) -> Value
    ) async throws(AppError) -> [Value] {
        do {
            var values: [Value] = []
            for row in try await client.run(Segment([Postgres.Call(statement, binds)]), deadline: .after(limit))[0] { values.append(try read(row)) }
            return values
        } catch let error as PostgresError {
            throw error.appError
        } catch { throw AppError(.internalError, detail: "\(error)") }
    }
}
