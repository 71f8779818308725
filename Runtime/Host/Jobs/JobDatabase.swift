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
        var party: ClaimTurns.Party { .init(handler: handler, tenant: TenantID(lease.tenant)) }
    }

    private static let promote = Statement(
        "host.jobs_promote", "select moved, extract(epoch from next_due - clock_timestamp())::float8 from tenancy.promote_jobs($1)", access: .write)
    private static let waiting = Statement("host.jobs_waiting", "select handler, tenant_id from tenancy.waiting_tenants($1, $2, $3)")
    private static let claim = Statement(
        "host.jobs_claim",
        "select tenant_id, id, handler, kind, attempt, waited, last_error from tenancy.claim_jobs($1, $2, $3, $4, $5)", access: .write)
    private static let complete = Statement("host.jobs_complete", "select tenancy.complete_jobs($1, $2, $3, $4)", access: .write)
    private static let count = Statement("host.jobs_count", "select tenancy.count_jobs()", access: .write)
    private static let renew = Statement(
        "host.jobs_renew", "select tenant_id, id, attempt, cancel_requested from tenancy.renew_jobs($1, $2, $3, $4, $5)", access: .write)
    private static let fail = Statement("host.jobs_fail", "select tenancy.fail_job($1, $2, $3, $4, $5, $6, $7)", access: .write)
    private static let lapse = Statement("host.jobs_lapse", "select tenancy.take_lapsed_jobs($1)", access: .write)
    private static let sweep = Statement("host.jobs_sweep", "select tenancy.sweep_jobs($1)", access: .write)
    private static let announce = Statement("host.jobs_announce", "select tenancy.announce_jobs()::text", access: .write)

    /// What a host wants of one turn.
    struct Wish: Sendable {
        /// Whose code has run, and which are to be ended.
        var ended: [HeldLeases.Lease] = []
        /// Whether it is time to look at scheduled jobs.
        var promotes = false
        /// How many to claim of whom.
        var shares: [ClaimTurns.Share] = []
        /// Handlers with room for more jobs, and behind which tenant the next shares of each begin.
        var openings: [ClaimTurns.Opening] = []
        /// How many tenants of each to name.
        var most = 0
    }

    /// What it got.
    struct Turn: Sendable {
        var jobs: [Job] = []
        /// Whose jobs wait, in a circle from behind each place on.
        var waiting: [ClaimTurns.Party] = []
        /// In how many seconds the next scheduled job's time comes, where that was asked; nil: none is scheduled.
        var nextDue: Double?
    }

    /// One turn, in one round trip and one transaction.
    func turn(_ wish: Wish) async throws(AppError) -> Turn {
        var calls: [Postgres.Call] = []
        if !wish.ended.isEmpty { calls.append(Postgres.Call(Self.complete, leases(wish.ended))) }
        if wish.promotes { calls.append(Postgres.Call(Self.promote, [.int32(Int32(JobService.batch))])) }
        if !wish.shares.isEmpty {
            let (tenants, handlers) = (wish.shares.map(\.party.tenant.uuid), wish.shares.map(\.party.handler))
            let most = wish.shares.map { Int64($0.most) }
            calls.append(
                Postgres.Call(Self.claim, [.uuid(claimer), .uuids(tenants), .int64s(most), .texts(handlers), .float8(Self.lease)]))
        }
        if !wish.openings.isEmpty {
            let (handlers, places) = (wish.openings.map(\.handler), wish.openings.map(\.place))
            calls.append(Postgres.Call(Self.waiting, [.texts(handlers), .uuids(places), .int32(Int32(wish.most))]))
        }
        guard !calls.isEmpty else { return Turn() }
        var rows = try await run(calls)[...]
        return try reading { () throws(PostgresError) in
            var turn = Turn()
            if !wish.ended.isEmpty { rows.removeFirst() }
            if wish.promotes, let row = rows.removeFirst().first { turn.nextDue = row.isNull(1) ? nil : try row.float8(1) }
            if !wish.shares.isEmpty { for row in rows.removeFirst() { turn.jobs.append(try Self.job(row)) } }
            if let waiting = rows.first {
                for row in waiting { turn.waiting.append(.init(handler: try row.text(0), tenant: TenantID(try row.uuid(1)))) }
            }
            return turn
        }
    }

    private static func job(_ row: Row) throws(PostgresError) -> Job {
        Job(
            lease: .init(tenant: try row.uuid(0), job: try row.uuid(1), attempt: Int(try row.int32(4))), handler: try row.text(2),
            kind: try row.text(3), waited: try row.float8(5), lastError: try row.optionalText(6))
    }

    /// Always in the same order, so that two statements about the same jobs never wait for each other.
    private func leases(_ leases: [HeldLeases.Lease]) -> [Bind] {
        let sorted = leases.sorted { ($0.tenant, $0.job) < ($1.tenant, $1.job) }
        return [.uuid(claimer), .uuids(sorted.map(\.tenant)), .uuids(sorted.map(\.job)), .int64s(sorted.map { Int64($0.attempt) })]
    }

    /// The leases that hold yet, and whether somebody wants their jobs to stop.
    func renew(_ leases: [HeldLeases.Lease]) async throws(AppError) -> [HeldLeases.Lease: Bool] {
        let rows = try await ask([Postgres.Call(Self.renew, self.leases(leases) + [.float8(Self.lease)])]) { row throws(PostgresError) in
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

    /// Counts tenants' jobs for their plans' limits.
    func countForPlans() async throws(AppError) { _ = try await ask([Postgres.Call(Self.count, [])]) { _ in () } }

    /// Tells other hosts that jobs wait.
    func announce() async throws(AppError) { _ = try await ask([Postgres.Call(Self.announce, [])]) { _ in () } }

    private func count(_ statement: Statement, _ most: Int) async throws(AppError) -> Int64 {
        try await ask([Postgres.Call(statement, [.int32(Int32(most))])]) { row throws(PostgresError) in try row.int64(0) }.first ?? 0
    }

    private func ask<Value>(_ calls: [Postgres.Call], _ read: (Row) throws(PostgresError) -> Value) async throws(AppError) -> [Value] {
        let results = try await run(calls)
        return try reading { () throws(PostgresError) in
            var values: [Value] = []
            for rows in results { for row in rows { values.append(try read(row)) } }
            return values
        }
    }

    private func run(_ calls: [Postgres.Call]) async throws(AppError) -> [Rows] {
        do {
            return try await client.run(Segment(calls), deadline: .after(.seconds(10)))
        } catch let error as PostgresError {
            throw error.appError
        } catch { throw AppError(.internalError, detail: "\(error)") }
    }

    private func reading<Value>(_ body: () throws(PostgresError) -> Value) throws(AppError) -> Value {
        do throws(PostgresError) { return try body() } catch { throw error.appError }
    }
}
