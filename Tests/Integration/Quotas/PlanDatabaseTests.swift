import Kernel
import Postgres
import TestSupport
import Testing

@testable import Tenants

extension Integration {
    /// Plans, who has them, and the history of use.
    @Suite("Plans in the database", .testDatabase) struct PlanDatabaseTests {
        private static var limit: Deadline { .after(.seconds(240)) }

        private func plans() throws -> Plans { Plans(client: try TestDatabase.current.superuserClient()) }

        private func code(_ body: () async throws -> Void) async -> ErrorCode? {
            do { try await body() } catch { return (error as? AppError)?.code }
            return nil
        }

        @Test("three plans are there; one that was agreed with a customer is made, shown, changed")
        func made() async throws {
            let plans = try plans()
            #expect(try await plans.list(deadline: Self.limit).map(\.name) == ["free", "pro", "enterprise"])
            #expect(try await plans.plan("enterprise", deadline: Self.limit).limits == PlanLimits())
            let free = try await plans.plan("free", deadline: Self.limit)
            #expect(free.isPublic && free.priceMinor == 0 && free.limits.rows == 100_000 && free.limits.retentionDays == 90 && !free.mfaRequired)
            var plan = Tenants.Plan(name: "acme", title: "Acme")
            plan.priceMinor = 99_000
            for name in PlanLimits.names { try plan.limits.set(name, 42) }
            try await plans.create(plan, deadline: Self.limit)
            #expect(try await plans.plan("acme", deadline: Self.limit) == plan)
            #expect(await code { try await plans.create(plan, deadline: Self.limit) } == .conflict)
            plan.title = "Acme Inc"
            plan.limits.rows = nil
            plan.mfaRequired = true
            try await plans.change(plan, deadline: Self.limit)
            #expect(try await plans.plan("acme", deadline: Self.limit) == plan)
            plan = Tenants.Plan(name: "nobody", title: "x")
            #expect(await code { try await plans.change(plan, deadline: Self.limit) } == .notFound)
            #expect(await code { try await plans.create(Tenants.Plan(name: "", title: ""), deadline: Self.limit) } == .validation)
        }

        @Test("a tenant's plan is changed once, with a line in the record, and announced; what it uses above the new limits stays")
        func changed() async throws {
            let database = try TestDatabase.current
            let plans = try plans()
            let world = try await QuotaWorld.make(1, "rows = 100")
            try await world.source(1)
            try await world.withHandler { (connection: OwnConnection) async throws in
                #expect(try await world.run(on: connection, world.valuesSQL(1...50)) == nil)
                try await database.execute("insert into tenancy.plans (name, title, rows) values ('small', 'Small', 10)")
                var events = try database.client(role: "host").listen(["tenancy_changed"]).makeAsyncIterator()
                #expect(await events.next() == .listening)
                #expect(try await plans.set("small", of: world.tenant, reason: "they asked", deadline: Self.limit))
                #expect(await events.next() == .notified(channel: "tenancy_changed", payload: world.tenant.description))
                #expect(try await !plans.set("small", of: world.tenant, reason: "again", deadline: Self.limit))
                #expect(await code { _ = try await plans.set("gold", of: world.tenant, reason: "", deadline: Self.limit) } == .notFound)
                let nobody = TenantID(UUID(high: 9, low: 9))
                #expect(await code { _ = try await plans.set("free", of: nobody, reason: "", deadline: Self.limit) } == .notFound)
                #expect(try await world.run(on: connection, world.valuesSQL(60...60))?.facts["used"] == 50)
                #expect(try await world.run(on: connection, world.valuesSQL(1...50, value: 9)) == nil)
            }
            let rows = try await database.query("select old_plan, new_plan, reason, actor is null from tenancy.plan_changes")
            #expect(rows.count == 1)
            #expect(try (rows[0].text(0), rows[0].text(1), rows[0].text(2)) == ("tight_1", "small", "they asked") && rows[0].bool(3))
            let uses = try await plans.quotas(of: world.tenant, deadline: Self.limit)
            #expect(uses.map(\.limit) == QuotaMetric.allCases.map(\.limit))
            #expect(
                uses.first { $0.metric == "rows" } == QuotaUse(metric: "rows", limit: "rows", allowed: 10, used: 50, plan: "small", resetsAt: nil))
            // A plan that is changed holds all its tenants at once.
            var small = try await plans.plan("small", deadline: Self.limit)
            small.limits.rows = 51
            try await plans.change(small, deadline: Self.limit)
            try await world.withHandler { (connection: OwnConnection) async throws in
                #expect(try await world.run(on: connection, world.valuesSQL(60...60)) == nil)
            }
        }

        @Test("races: of twenty that change a tenant's plan each change is recorded from the plan that it found")
        func race() async throws {
            let database = try TestDatabase.current
            let tenant = try await database.tenant(1, plan: "free")
            let client = database.superuserClient()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        _ = try await Plans(client: client).set(number % 2 == 0 ? "pro" : "enterprise", of: tenant, reason: "", deadline: Self.limit)
                    }
                }
                try await group.waitForAll()
            }
            let rows = try await database.query("select old_plan, new_plan from tenancy.plan_changes order by changed_at").map {
                (try $0.text(0), try $0.text(1))
            }
            var plan = "free"
            for (old, new) in rows {
                #expect(old == plan && old != new)
                plan = new
            }
            #expect(try await database.query("select plan from tenancy.tenants where id = $1", [.id(tenant)])[0].text(0) == plan)
        }

        @Test("a plan that requires a second factor asks it of everybody's next call, and its owners cannot take it back")
        func secondFactor() async throws {
            let database = try TestDatabase.current
            let tenant = try await database.tenant(1, plan: "free")
            let user = UUID(high: 7, low: 1)
            try await database.execute(
                """
                insert into tenancy.plans (name, title, mfa_required) values ('safe', 'Safe', true), ('later', 'Later', false);
                insert into identity.users (id, email, name) values ('\(user)', 'o@example.test', 'O');
                insert into tenancy.memberships (tenant_id, user_id, role) values ('\(tenant)', '\(user)', 'owner')
                """)
            func state(_ tenant: TenantID) async throws -> (required: Bool, epoch: Int64) {
                let row = try await database.query(
                    "select t.mfa_required, (select max(epoch) from tenancy.memberships where tenant_id = t.id) from tenancy.tenants t where t.id = $1",
                    [.id(tenant)])[0]
                return (try row.bool(0), try row.optionalInt64(1) ?? 0)
            }
            #expect(try await state(tenant) == (false, 1))
            #expect(try await plans().set("safe", of: tenant, reason: "", deadline: Self.limit))
            #expect(try await state(tenant) == (true, 2))
            try await database.client(role: "users").withConnection(deadline: Self.limit) { connection in
                let context = try database.context(tenant: tenant, user: UserID(user), handler: "users")
                func ask(_ required: Bool) async throws -> String {
                    try await connection.begin()
                    try await connection.execute("select tenancy.use('\(context)')")
                    let answer = try await connection.query("select tenancy.require_second_factor(\(required))")[0].text(0)
                    try await connection.commit()
                    return answer
                }
                #expect(try await ask(false) == "by_plan")
                #expect(try await state(tenant) == (true, 2))
                // It stays when the plan is left, until an owner takes it back.
                #expect(try await plans().set("later", of: tenant, reason: "", deadline: Self.limit))
                #expect(try await state(tenant) == (true, 2))
                #expect(try await ask(false) == "changed")
                #expect(try await state(tenant) == (false, 2))
            }
            try await database.execute("update tenancy.tenants set mfa_required = false where id = '\(tenant)'")
            let born = try await database.tenant(2, plan: "safe")
            #expect(try await state(born).required, "also whoever begins on it")
            var later = try await plans().plan("later", deadline: Self.limit)
            later.mfaRequired = true
            try await plans().change(later, deadline: Self.limit)
            #expect(try await state(tenant) == (true, 3), "and where the plan itself begins to require it")
        }

        @Test("the history by day and by month adds up to the hours, in UTC, and shows a tenant's own alone")
        func history() async throws {
            let database = try TestDatabase.current
            let (tenant, other) = (try await database.tenant(1), try await database.tenant(2))
            try await database.execute(
                """
                insert into tenancy.usage (tenant_id, handler, hour, invocations, jobs, errors, cpu_us, database_us, rows, database_bytes, request_bytes,
                    answer_bytes)
                select t, h, '2026-01-30 22:00Z'::timestamptz + n * interval '1 hour', n, 1, 2, 3, 4, 5, 6, 7, 8
                from unnest(array['\(tenant)', '\(other)']::uuid[]) t, unnest(array['a', 'b']) h, generate_series(0, 52) n
                """)
            let plans = try plans()
            let since = try #require(Timestamp("2026-01-01")), until = try #require(Timestamp("2026-03-01"))
            let days = try await plans.history(of: tenant, by: .day, since: since, until: until, deadline: Self.limit)
            #expect(
                days.map(\.periodStart.description) == [
                    "2026-01-30T00:00:00Z", "2026-01-31T00:00:00Z", "2026-02-01T00:00:00Z", "2026-02-02T00:00:00Z",
                ])
            #expect(days.map(\.jobs) == [4, 48, 48, 6])
            let months = try await plans.history(of: tenant, by: .month, since: since, until: until, deadline: Self.limit)
            #expect(months.map(\.periodStart.description) == ["2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"])
            for periods in [days, months] {
                #expect(periods.reduce(0) { $0 + $1.invocations } == 2 * 52 * 53 / 2)
                #expect(periods.reduce(0) { $0 + $1.cpuMicroseconds } == 3 * 106 && periods.reduce(0) { $0 + $1.rows } == 5 * 106)
                #expect(periods.reduce(0) { $0 + $1.answerBytes } == 8 * 106 && periods.reduce(0) { $0 + $1.errors } == 2 * 106)
            }
            let second = try await plans.history(
                of: tenant, by: .day, since: try #require(Timestamp("2026-01-31T12:00:00Z")), until: try #require(Timestamp("2026-02-01T00:00:00Z")),
                deadline: Self.limit)
            #expect(second.map(\.jobs) == [48], "whole days, and none that begins at the end")
        }

        @Test("installations of before: what tenants have already is counted, and a plan that only stood in a tenant's row is kept")
        func upgrade() async throws {
            try await EmptyDatabase.with(withoutSuperuser: true) { empty in
                let all = try MigrationSeries.read("core", folder: TestSchema.migrations)
                let before = try MigrationSeries("core", files: all.files.filter { $0.key.prefix(4) < "0021" })
                try await empty.withClient { client in
                    _ = try await Migrator(client: client, prefix: empty.prefix, series: [before]).up(deadline: Self.limit)
                }
                let tenant = TenantID(UUID(high: 5, low: 5))
                try await TestServer.withClient(empty.superuser) { client in
                    try await client.withConnection(deadline: Self.limit) { connection in
                        try await connection.execute(
                            """
                            insert into tenancy.tenants (id, slug, name, plan) values ('\(tenant)', 'old', 'Old', 'founders');
                            insert into identity.users (id, email, name) values ('\(tenant)', 'o@example.test', 'O');
                            insert into tenancy.memberships (tenant_id, user_id, role) values ('\(tenant)', '\(tenant)', 'owner');
                            insert into app.businesses (tenant_id, id, name) values ('\(tenant)', '\(tenant)', 'One');
                            insert into app.kpi_sources (tenant_id, id, business_id, name, type) values ('\(tenant)', '\(tenant)', '\(tenant)', 'k', 'upload');
                            insert into app.kpi_data (tenant_id, source_id, "timestamp", value)
                                select '\(tenant)', '\(tenant)', '2026-01-01'::timestamptz + n * interval '1 hour', n from generate_series(1, 77) n
                            """)
                    }
                }
                try await empty.withClient { client in
                    let plans = try MigrationSeries("core", files: all.files.filter { $0.key.prefix(4) <= "0021" })
                    let migrator = Migrator(client: client, prefix: empty.prefix, series: [plans])
                    _ = try await migrator.up(deadline: Self.limit)
                    let uses = try await Plans(client: client).quotas(of: tenant, deadline: Self.limit)
                    #expect(uses.map(\.used) == [1, 77, 1, 0, 0, 0])
                    #expect(uses.allSatisfy { $0.plan == "founders" && $0.allowed == nil })
                    #expect(try await Linter(client: client, prefix: empty.prefix).run(deadline: Self.limit).must == [])
                    _ = try await migrator.down(deadline: Self.limit)
                    _ = try await migrator.up(deadline: Self.limit)
                    #expect(try await Plans(client: client).quotas(of: tenant, deadline: Self.limit).map(\.used) == [1, 77, 1, 0, 0, 0])
                }
            }
        }
    }
}
