import Jobs
import Kernel
import Postgres

/// The queue of jobs, as hosts see it: no tenant's data is in it.
struct JobDatabase: Sendable {
    let client: PostgresClient
    /// Names this run of the gateway in leases.
    let claimer: UUID

    /// How long a lease holds without being renewed, in seconds: so long a job waits whose host has died.
    static let lease: Double = 10
    /// On which hosts tell each other that jobs wait.
    static let channel = "jobs_waiting"

    /// A job that this gateway has claimed.
    struct Job: Sendable, Hashable {
        let lease: HeldLeases.Lease
        let handler: String
        let kind: String
        /// How long it was due, in seconds.
        let waited: Double
        /// The code of the attempt before that failed; nil where none did.
        let lastError: String?

        var tenant: TenantID? { lease.tenant == .zero ? nil : TenantID(lease.tenant) }
    }

    private static let promote = Statement(
        "host.jobs_promote", "select moved, extract(epoch from next_due - clock_timestamp())::float8 from tenancy.promote_jobs($1)", access: .write)
    private static let waiting = Statement("host.jobs_waiting", "select tenant_id from tenancy.waiting_tenants($1, $2)")
    private static let claim = Statement(
        "host.jobs_claim",
        "select tenant_id, id, handler, kind, attempt, waited, last_error from tenancy.claim_jobs($1, $2, $3, $4, $5)", access: .write)
    private static let renew = Statement(
        "host.jobs_renew", "select tenant_id, id, attempt, cancel_requested from tenancy.renew_jobs($1, $2, $3, $4, $5)", access: .write)
    private static let fail = Statement("host.jobs_fail", "select tenancy.fail_job($1, $2, $3, $4, $5, $6, $7)", access: .write)
    private static let lapse = Statement("host.jobs_lapse", "select tenancy.take_lapsed_jobs($1)", access: .write)
    private static let sweep = Statement("host.jobs_sweep", "select tenancy.sweep_jobs($1)", access: .write)
    private static let announce = Statement("host.jobs_announce", "select tenancy.announce_jobs()::text", access: .write)

    /// Lets scheduled jobs wait whose time has come. In how many seconds the next one's comes; nil: none is scheduled.
    func promote(most: Int) async throws(AppError) -> Double? {
        try await ask([Postgres.Call(Self.promote, [.int32(Int32(most))])]) { row throws(PostgresError) in
            row.isNull(1) ? nil : try row.float8(1)
        }.first ?? nil
    }

    /// Tenants whose jobs wait, in a circle from behind a place on.
    func waitingTenants(behind place: UUID, most: Int) async throws(AppError) -> [TenantID] {
        try await ask([Postgres.Call(Self.waiting, [.uuid(place), .int32(Int32(most))])]) { row throws(PostgresError) in TenantID(try row.uuid(0)) }
    }

    /// Claims so many of each tenant, of these handlers.
    func claim(_ shares: [ClaimTurns.Share], of handlers: [String]) async throws(AppError) -> [Job] {
        let calls = shares.map {
            Postgres.Call(Self.claim, [.uuid(claimer), .id($0.tenant), .texts(handlers), .int32(Int32($0.most)), .float8(Self.lease)])
        }
        return try await ask(calls) { row throws(PostgresError) in
            Job(
                lease: .init(tenant: try row.uuid(0), job: try row.uuid(1), attempt: Int(try row.int32(4))), handler: try row.text(2),
                kind: try row.text(3), waited: try row.float8(5), lastError: try row.optionalText(6))
        }
    }

    /// The leases that hold yet, and whether somebody wants their jobs to stop.
    func renew(_ leases: [HeldLeases.Lease]) async throws(AppError) -> [HeldLeases.Lease: Bool] {
        let binds: [Bind] = [
            .uuid(claimer), .uuids(leases.map(\.tenant)), .uuids(leases.map(\.job)), .int64s(leases.map { Int64($0.attempt) }), .float8(Self.lease),
        ]
        let rows = try await ask([Postgres.Call(Self.renew, binds)]) { row throws(PostgresError) in
            (HeldLeases.Lease(tenant: try row.uuid(0), job: try row.uuid(1), attempt: Int(try row.int32(2))), try row.bool(3))
        }
        return Dictionary(rows) { first, _ in first }
    }

    /// An attempt failed: tried again behind a delay in seconds, given up without one. `isBlameless`: it does not count.
    func fail(_ lease: HeldLeases.Lease, _ error: AppError, delay: Double?, isBlameless: Bool) async throws(AppError) {
        let evidence: JSONValue = ["code": .string(error.code.name), "message": .string(String(error.message.prefix(1000)))]
        _ = try await ask([
            Postgres.Call(
                Self.fail,
                [
                    .uuid(lease.tenant), .uuid(lease.job), .int32(Int32(lease.attempt)), .uuid(claimer), .json(Array(evidence.description.utf8)),
                    .optional(delay, Bind.float8), .bool(isBlameless),
                ])
        ]) { _ in () }
    }

    /// Jobs of hosts that have died wait anew; how many.
    func takeLapsed(most: Int) async throws(AppError) -> Int64 { try await count(Self.lapse, most) }

    /// Forgets what has ended long ago; how much of it.
    func sweep(most: Int) async throws(AppError) -> Int64 { try await count(Self.sweep, most) }

    /// Tells other hosts that jobs wait.
    func announce() async throws(AppError) { _ = try await ask([Postgres.Call(Self.announce, [])]) { _ in () } }

    private func count(_ statement: Statement, _ most: Int) async throws(AppError) -> Int64 {
        try await ask([Postgres.Call(statement, [.int32(Int32(most))])]) { row throws(PostgresError) in try row.int64(0) }.first ?? 0
    }

    private func ask<Value>(_ calls: [Postgres.Call], _ read: (Row) throws(PostgresError) -> Value) async throws(AppError) -> [Value] {
        do {
            var values: [Value] = []
            for rows in try await client.run(Segment(calls), deadline: .after(.seconds(10))) { for row in rows { values.append(try read(row)) } }
            return values
        } catch let error as PostgresError {
            throw error.appError
        } catch { throw AppError(.internalError, detail: "\(error)") }
    }
}
