import Kernel
import Postgres
import TestSupport
import Testing

extension Integration {
    /// What the database notes when values of KPIs change.
    @Suite("changes of values", .testDatabase) struct ValueChanges {
        private func state(_ world: QuotaWorld) async throws -> [Int64] {
            let row = try await TestDatabase.current.query(
                """
                select (select coalesce(sum(revision), 0)::int8 from tenancy.kpi_changes where tenant_id = $1),
                    (select count(*) from tenancy.jobs where tenant_id = $1 and kind = 'detect_anomalies' and finished_at is null)
                """, [.id(world.tenant)])[0]
            return [try row.int64(0), try row.int64(1)]
        }

        @Test("a transaction counts once for each KPI, and makes a job with it or not at all; one waits at most for each look") func counted()
            async throws
        {
            let world = try await QuotaWorld.make(1, "rows = null")
            try await world.source(1)
            try await world.source(2)
            #expect(try await state(world) == [0, 0])
            try await world.withHandler { (connection: OwnConnection) async throws in
                let refused = try await world.run(on: connection, commits: false, world.valuesSQL(1...5))
                #expect(refused == nil)
                #expect(try await state(world) == [0, 0], "taken back")
                try await world.run(on: connection, world.valuesSQL(1...5), world.valuesSQL(6...9))
                #expect(try await state(world) == [1, 1])
                try await world.run(on: connection, world.valuesSQL(1...9))
                #expect(try await state(world) == [1, 1], "nothing changed")
                try await world.run(on: connection, world.valuesSQL(1...2, value: 7))
                #expect(try await state(world) == [2, 1], "an update")
                try await world.run(on: connection, world.valuesSQL(1...2, source: 2))
                #expect(try await state(world) == [3, 2], "another KPI")
                // A look begins: what comes from then on is for the next one.
                try await TestDatabase.current.execute("update tenancy.kpi_changes set taken = revision")
                try await world.run(on: connection, world.valuesSQL(10...11))
                try await world.run(on: connection, world.valuesSQL(12...12))
                #expect(try await state(world) == [5, 3])
            }
            let keys = try await TestDatabase.current.query(
                "select unique_key, due_at > clock_timestamp(), id::text from tenancy.jobs where tenant_id = $1 and handler = 'forecasts' order by id",
                [.id(world.tenant)])
            #expect(try keys.map { try $0.text(0) } == ["\(world.sourceID(1))/0", "\(world.sourceID(2))/0", "\(world.sourceID(1))/2"])
            #expect(try keys.allSatisfy { try $0.text(2).dropFirst(14).first == "7" }, "ids in the order of time")
        }

        @Test("values that go are a change; a KPI, a business or a tenant that goes leaves nothing behind and nothing in its way") func removed()
            async throws
        {
            let world = try await QuotaWorld.make(1, "rows = null")
            for number in 1...3 { try await world.source(number) }
            let database = try TestDatabase.current
            for number in 1...3 { try await database.execute(world.valuesSQL(1...5, source: number)) }
            try await database.execute("delete from tenancy.jobs")
            try await database.execute("delete from app.kpi_data where source_id = '\(world.sourceID(1))' and value = 1")
            #expect(try await state(world) == [4, 1])
            try await database.execute("delete from app.kpi_sources where id = '\(world.sourceID(2))'")
            #expect(try await database.query("select from tenancy.kpi_changes").count == 2)
            try await database.execute("delete from tenancy.tenants where id = '\(world.tenant)'")
            #expect(try await database.query("select from tenancy.kpi_changes").isEmpty)
            #expect(try await database.query("select from tenancy.jobs").isEmpty)
        }

        @Test("new values, values that went and findings wake rules of alerts: one job waits at most, and one that runs does not count") func wakes()
            async throws
        {
            let world = try await QuotaWorld.make(1, "rows = null")
            let database = try TestDatabase.current
            try await world.source(1)
            try await world.source(2)
            func jobs() async throws -> [String] {
                try await database.query(
                    """
                    select status || ' ' || (due_at > created_at + interval '9 seconds') from tenancy.jobs
                    where tenant_id = $1 and handler = 'alerts' and kind = 'process_alerts' order by id
                    """, [.id(world.tenant)]
                ).map { try $0.text(0) }
            }
            func begin() async throws {
                try await database.execute("update tenancy.jobs set status = 'running', attempt = 1 where handler = 'alerts'")
            }
            try await world.withHandler { (connection: OwnConnection) async throws in
                let refused = try await world.run(on: connection, commits: false, world.valuesSQL(1...5))
                #expect(refused == nil)
                #expect(try await jobs() == [], "taken back")
                try await world.run(on: connection, world.valuesSQL(1...5), world.valuesSQL(1...5, source: 2))
                #expect(try await jobs() == ["scheduled true"], "one a transaction, ten seconds later")
                try await world.run(on: connection, world.valuesSQL(6...9))
                #expect(try await jobs() == ["scheduled true"])
            }
            try await begin()
            try await database.execute("delete from app.kpi_data where source_id = '\(world.sourceID(1))' and value = 1")
            #expect(try await jobs() == ["running true", "scheduled true"])
            try await begin()
            try await database.execute("delete from app.kpi_sources where id = '\(world.sourceID(2))'")
            #expect(try await jobs() == ["running true", "running true", "scheduled true"])
            try await begin()
            try await database.execute(
                """
                insert into app.anomalies (tenant_id, id, business_id, source_id, "timestamp", kind, severity, score, value, expected, lower, upper, explanation)
                select tenant_id, id, business_id, id, '2026-01-01', 'spike', 'high', 3, 9, 1, 0, 2, 'high' from app.kpi_sources
                """)
            #expect(try await jobs() == ["running true", "running true", "running true", "scheduled false"], "a finding is looked at soon")
            try await database.execute("delete from tenancy.tenants where id = '\(world.tenant)'")
            #expect(try await jobs() == [])
        }

        @Test("older findings do not replace newer ones, and nobody judges another tenant's KPI") func judged() async throws {
            let world = try await QuotaWorld.make(1, "rows = null")
            let other = try await QuotaWorld.make(2, "rows = null")
            try await world.source(1)
            try await TestDatabase.current.execute(world.valuesSQL(1...5))
            try await world.withHandler("forecasts") { (connection: OwnConnection) async throws in
                func judge(_ revision: Int, of party: QuotaWorld) async throws -> Bool {
                    try await connection.begin()
                    try await connection.execute("select tenancy.use('\(try world.database.context(tenant: party.tenant, handler: "forecasts"))')")
                    let stands = try await connection.query("select tenancy.judge_kpi('\(world.sourceID(1))', \(revision))")[0].bool(0)
                    try await connection.commit()
                    return stands
                }
                #expect(try await judge(5, of: world))
                #expect(try await judge(4, of: world) == false)
                #expect(try await judge(5, of: world))
                #expect(try await judge(6, of: other) == false)
            }
        }
    }
}
