import Kernel
import Manifest
import Postgres
import Tenants
import TestSupport
import Testing

extension Integration {
    /// What the planner makes of the handlers' own statements, as their roles, under row-level security.
    @Suite struct PlanTests {
        private static var limit: Deadline { .after(.seconds(280)) }
        /// They read no table, but to count their own, and take no values but those of their own context and form, or of a row that stands above theirs.
        private static let insertsAlone: Set = [
            "kit.audit", "audit.seal", "administration.businesses", "alerts.insert", "alerts.event", "alerts.fire", "notifications.insert_channel",
            "notifications.insert_message", "notifications.record",
        ]

        /// They gather all values of one series: its key is all that there is to look by, however many the planner takes them for.
        private static let wholeSeries: Set = ["forecasts.gathered_values"]

        @Test("pitfalls 20, 22 and 57: statements use their index and estimate within 10×, whoever comes first")
        func plans() async throws {
            try await TestDatabase.withFresh { database in
                try await database.execute(PlanWorld.fill)
                let statements = try CatalogueStatement.all(database.manifests.map { ($0.name, $0.program) }) + CatalogueStatement.basic
                // Auth names no tenant's table; the probe's own is empty, and its statements are made to fail.
                for handler in Set(statements.map(\.handler)).sorted() where handler != "auth" && handler != "probe" {
                    let client = try database.client(role: handler)
                    for statement in statements
                    where statement.handler == handler && namesTenantTable(statement) {
                        for (first, second) in [(PlanWorld.biggest, PlanWorld.smallest), (PlanWorld.smallest, PlanWorld.biggest)] {
                            try await client.withConnection(deadline: Self.limit) { connection in
                                do {
                                    try await check(statement, first, second, connection, database)
                                } catch { throw AppError(.internalError, "\(statement.name): \(String(reflecting: error))") }
                            }
                        }
                    }
                }
            }
        }

        /// The setting holds for what Postgres asks itself as well: it would plan the look at each row's foreign keys anew, at thrice the cost of storing it.
        @Test("pitfall 22: no statement that stores rows into tenants' tables is planned anew for each run")
        func storing() async throws {
            try await TestDatabase.withFresh { database in
                let statements = try CatalogueStatement.all(database.manifests.map { ($0.name, $0.program) })
                #expect(statements.contains { $0.wantsOwnPlan } && statements.contains { $0.text.contains("insert into app.") })
                for statement in statements where statement.wantsOwnPlan && statement.storesMany {
                    Issue.record("\(statement.name) of \(statement.handler) stores rows by arrays and asks for a plan of its own")
                }
            }
        }

        /// Functions of the control plane and of persons are asked without one.
        private func namesTenantTable(_ statement: CatalogueStatement) -> Bool {
            statement.text.contains("app.") && !Self.insertsAlone.contains(statement.name)
        }

        /// Five runs for one tenant, after which Postgres may settle on a generic plan; then two for the other.
        private func check(
            _ statement: CatalogueStatement, _ first: TenantID, _ second: TenantID, _ connection: OwnConnection, _ database: TestDatabase
        ) async throws {
            try await connection.begin()
            if statement.wantsOwnPlan { try await connection.execute("set local plan_cache_mode = force_custom_plan") }
            try await connection.execute("prepare p as \(statement.text)")
            let types = try await connection.query(
                "select t::text from pg_prepared_statements, unnest(parameter_types) with ordinality as u (t, n) where name = 'p' order by n"
            )
            .map { try $0.text(0) }
            for (run, tenant) in (Array(repeating: first, count: 5) + [second, second]).enumerated() {
                let context = try database.context(tenant: tenant, handler: statement.handler)
                try await connection.execute("savepoint s; select tenancy.use('\(context)')")
                let explain = "explain (analyze, format json, timing off) execute p (\(PlanArguments.list(statement, types, for: tenant)))"
                let plan = try Plan(try await connection.query(explain)[0].text(0))
                try await connection.execute("rollback to s")
                let place = "\(statement.name), run \(run + 1), \(tenant == PlanWorld.biggest ? "biggest" : "smallest") tenant: \(plan)"
                for scan in plan.scans {
                    #expect(scan.node != "Seq Scan" && scan.index != nil, "no index: \(place)")
                    // Below a hundred rows no other plan could be better.
                    // What stores many rows is planned once for all tenants, on purpose (`storing` above): its index counts, not its estimate.
                    let isJudged = scan.wasRun && !Self.wholeSeries.contains(statement.name) && !statement.storesMany
                    if isJudged, max(scan.estimated, scan.actual) > 100, !scan.isCutShort || scan.estimated < scan.actual {
                        let ratio = max(scan.estimated, 1) / max(scan.actual, 1)
                        #expect(ratio <= 10 && ratio >= 0.1, "estimate: \(place)")
                    }
                }
            }
            try await connection.rollback()
        }

        @Test("pitfall 21: the policy checks the signature once for each table of a statement, not once for each row")
        func calls() async throws {
            try await TestDatabase.withFresh { database in
                let tenant = try await database.tenant(1)
                try await database.execute(
                    """
                    insert into app.businesses (tenant_id, id, name) values ('\(tenant)', '\(tenant)', 'b');
                    insert into app.kpi_sources (tenant_id, id, business_id, name, type) values ('\(tenant)', '\(tenant)', '\(tenant)', 's', 'upload');
                    insert into app.kpi_data (tenant_id, source_id, "timestamp", value)
                        select '\(tenant)', '\(tenant)', now() + n * interval '1 s', n from generate_series(1, 1000) n;
                    """)
                try await database.execute(
                    "alter role \(database.prefix.handler("dashboards")) in database \(database.name) set track_functions = 'pl'")
                for (text, tables) in [
                    ("select count(*) from app.kpi_data", 1.0), ("select count(*) from app.kpi_data where tenant_id = '\(tenant)'", 1),
                    ("select count(*) from app.kpi_data d join app.kpi_sources s on s.tenant_id = d.tenant_id and s.id = d.source_id", 2),
                ] {
                    try await database.execute("select pg_stat_reset()")
                    let context = try database.context(tenant: tenant, handler: "dashboards")
                    try await TestServer.withClient(database.configuration(role: "dashboards")) { client in
                        try await client.withConnection(deadline: Self.limit) { connection in
                            try await connection.execute("begin; select tenancy.use('\(context)'); \(text); commit")
                        }
                    }
                    var calls = 0.0
                    // The counts arrive when the session has ended.
                    for _ in 0..<2000 where calls == 0 {
                        calls = try await database.query(
                            "select coalesce(sum(calls), 0)::float8 from pg_stat_user_functions where funcname = 'tenant_id'")[0].float8(0)
                    }
                    #expect(calls >= 1 && calls <= tables, "\(text): \(calls) calls")
                }
            }
        }
    }
}
