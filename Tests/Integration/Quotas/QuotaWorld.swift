import Kernel
import Postgres
import TestSupport

/// A tenant on a plan with limits of its own, and a business to put KPIs under.
struct QuotaWorld: Sendable {
    let database: TestDatabase
    let tenant: TenantID
    static var limit: Deadline { .after(.seconds(240)) }

    /// `limits` as SQL sets them, for example `rows = 10`.
    static func make(_ number: Int, _ limits: String) async throws -> QuotaWorld {
        let database = try TestDatabase.current
        let plan = "tight_\(number)"
        try await database.execute(
            "insert into tenancy.plans (name, title) values ('\(plan)', 'Tight'); update tenancy.plans set \(limits) where name = '\(plan)'")
        let tenant = try await database.tenant(number, plan: plan)
        try await database.execute("insert into app.businesses (tenant_id, id, name) values ('\(tenant)', '\(tenant)', 'One')")
        return QuotaWorld(database: database, tenant: tenant)
    }

    /// A KPI of its business.
    func source(_ number: Int) async throws { try await database.execute(sourceSQL(number)) }

    func sourceSQL(_ number: Int) -> String {
        """
        insert into app.kpi_sources (tenant_id, id, business_id, name, type)
        values ('\(tenant)', '\(sourceID(number))', '\(tenant)', 'kpi \(number)', 'upload')
        """
    }

    func sourceID(_ number: Int) -> UUID { UUID(high: tenant.uuid.high, low: tenant.uuid.low | UInt64(number) << 16) }

    /// Values of a KPI at these hours; what is there is replaced.
    func valuesSQL(_ range: ClosedRange<Int>, source: Int = 1, value: Int = 1) -> String {
        """
        insert into app.kpi_data as d (tenant_id, source_id, "timestamp", value)
        select '\(tenant)', '\(sourceID(source))', timestamptz '2026-01-01 00:00Z' + n * interval '1 hour', \(value)
        from generate_series(\(range.lowerBound), \(range.upperBound)) n
        on conflict (tenant_id, source_id, "timestamp") do update set value = excluded.value where d.value is distinct from excluded.value
        """
    }

    /// Statements of a handler in one transaction in the tenant's name; what it was refused with, nil where it is committed.
    @discardableResult
    func run(as handler: String = "uploads", on connection: OwnConnection, commits: Bool = true, _ statements: String...) async throws -> AppError? {
        try await connection.begin()
        do {
            try await connection.execute("select tenancy.use('\(try database.context(tenant: tenant, handler: handler))')")
            for statement in statements { _ = try await connection.query(statement) }
            if commits { try await connection.commit() } else { try await connection.rollback() }
            return nil
        } catch let error as PostgresError {
            try await connection.rollback()
            return error.appError
        }
    }

    func withHandler<R>(_ handler: String = "uploads", _ body: (OwnConnection) async throws -> R) async throws -> R {
        try await database.client(role: handler).withConnection(deadline: Self.limit, body)
    }

    /// What the database says that is used.
    func used(_ metric: String) async throws -> Int64 {
        try await database.query("select used from tenancy.quotas($1) where metric = $2", [.id(tenant), .text(metric)])[0].int64(0)
    }

    /// What is there.
    func there(_ metric: String) async throws -> Int64 {
        let table = ["rows": "app.kpi_data", "kpis": "app.kpi_sources", "members": "tenancy.memberships"][metric] ?? ""
        return try await database.query("select count(*) from \(table) where tenant_id = $1", [.id(tenant)])[0].int64(0)
    }

    /// Adds up deltas as the host does; how many it took.
    @discardableResult
    func fold(_ most: Int = 10_000) async throws -> Int32 {
        try await TestServer.withClient(try database.configuration(role: "host")) { client in
            try await client.withConnection(deadline: Self.limit) { try await $0.query("select tenancy.fold_quotas(\(most))")[0].int32(0) }
        }
    }

    /// Whether so much is used, and what is counted is what is there.
    func holds(_ expected: [String: Int64]) async throws -> Bool {
        for (metric, amount) in expected where try await used(metric) != amount { return false }
        return try await isExact()
    }

    /// Whether what is counted is what is there, before and after it is added up.
    func isExact() async throws -> Bool {
        for _ in 0..<2 {
            for metric in ["rows", "kpis", "members"] where try await used(metric) != there(metric) { return false }
            try await fold()
        }
        return true
    }
}
