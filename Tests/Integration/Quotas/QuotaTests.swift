import Kernel
import Postgres
import TestSupport
import Testing

extension Integration {
    /// What tenants use of their plans: counted by the database, in the transaction that uses it.
    @Suite("Quotas in the database", .testDatabase) struct QuotaTests {
        @Test("what is there is counted once a statement, on every way in and out, before and after it is added up")
        func ways() async throws {
            let world = try await QuotaWorld.make(1, "rows = 1000")
            for number in 1...3 { try await world.source(number) }
            try await world.withHandler { (connection: OwnConnection) async throws in
                #expect(try await world.run(on: connection, world.valuesSQL(1...50)) == nil)
                #expect(try await world.holds(["rows": 50]))
                // The same again, then other values for half of them, and ten new ones.
                #expect(try await world.run(on: connection, world.valuesSQL(1...50), world.valuesSQL(26...60, value: 2)) == nil)
                #expect(try await world.holds(["rows": 60]))
                #expect(try await world.run(on: connection, world.valuesSQL(1...7, source: 2), world.valuesSQL(1...8, source: 3)) == nil)
                #expect(try await world.holds(["rows": 75]))
            }
            try await world.database.execute("delete from app.kpi_sources where id = '\(world.sourceID(2))'")
            #expect(try await world.holds(["rows": 68, "kpis": 2]))
            try await world.withHandler("dashboards") { (connection: OwnConnection) async throws in
                #expect(
                    try await world.run(as: "dashboards", on: connection, "delete from app.businesses where tenant_id = '\(world.tenant)'") == nil)
            }
            #expect(try await world.holds(["rows": 0, "kpis": 0]))
        }

        @Test("a transaction that is taken back, wholly or to a savepoint, has used nothing")
        func rollback() async throws {
            let world = try await QuotaWorld.make(1, "rows = 100, uploads_per_month = 5")
            try await world.source(1)
            let consume = "select tenancy.consume('uploads', 1)"
            try await world.withHandler { (connection: OwnConnection) async throws in
                #expect(try await world.run(on: connection, commits: false, consume, world.valuesSQL(1...10)) == nil)
                #expect(try await world.holds(["rows": 0, "uploads": 0]))
                #expect(try await world.run(on: connection, consume, world.valuesSQL(1...10), "select 1 / 0") != nil)
                #expect(try await world.holds(["rows": 0, "uploads": 0]))
                let refused = try await world.run(
                    on: connection, world.valuesSQL(1...3), "savepoint s", consume, world.valuesSQL(4...90), "rollback to s", world.valuesSQL(4...5))
                #expect(refused == nil)
                #expect(try await world.holds(["rows": 5, "uploads": 0]))
                // What was taken back does not count against what follows in the same transaction.
                let again = try await world.run(
                    on: connection, "savepoint s", world.valuesSQL(101...190), "rollback to s", world.valuesSQL(201...295))
                #expect(again == nil)
                #expect(try await world.used("rows") == 100)
            }
        }

        @Test("over the limit nothing is stored, the answer says all of it, and what fits still fits")
        func over() async throws {
            let world = try await QuotaWorld.make(1, "rows = 100, kpis = 2")
            try await world.source(1)
            try await world.withHandler { (connection: OwnConnection) async throws in
                #expect(try await world.run(on: connection, world.valuesSQL(1...60)) == nil)
                // In two statements of one transaction: what the first stored is not told as used, since it goes too.
                let error = try #require(try await world.run(on: connection, world.valuesSQL(61...90), world.valuesSQL(91...101)))
                #expect(error.code == .quotaExceeded)
                #expect(error.facts == ["limit": "rows", "allowed": 100, "used": 60, "plan": "tight_1", "resets_at": .null])
                #expect(try await world.holds(["rows": 60]))
                #expect(try await world.run(on: connection, world.valuesSQL(61...100)) == nil)
                #expect(try await world.run(on: connection, world.valuesSQL(101...101))?.code == .quotaExceeded)
                #expect(try await world.run(on: connection, world.valuesSQL(1...100, value: 5)) == nil, "other values are no new rows")
                #expect(try await world.run(on: connection, world.sourceSQL(2)) == nil)
                let kpis = try #require(try await world.run(on: connection, world.sourceSQL(3)))
                #expect(kpis.facts["limit"] == "kpis" && kpis.facts["used"] == 2)
            }
            #expect(try await world.isExact())
        }

        @Test("asvs-34: of fifty transactions that are in flight together those pass that were begun below the limit, and nothing after them")
        func inFlight() async throws {
            let world = try await QuotaWorld.make(1, "kpis = 10, uploads_per_month = 10")
            var configuration = try world.database.configuration(role: "uploads")
            configuration.maxConnections = 50
            let client = world.database.client(configuration)
            let context = try world.database.context(tenant: world.tenant, handler: "uploads")
            // Each has done its work and waits for its commit, so none sees another's.
            let barrier = Barrier(50)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...50 {
                    group.addTask {
                        try await client.withConnection(deadline: QuotaWorld.limit) { connection in
                            try await connection.begin()
                            try await connection.execute("select tenancy.use('\(context)')")
                            _ = try await connection.query("select tenancy.consume('uploads', 1)")
                            _ = try await connection.query(world.sourceSQL(number))
                            await barrier.pass()
                            try await connection.commit()
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await world.holds(["kpis": 50, "uploads": 50]))
            try await world.withHandler { (connection: OwnConnection) async throws in
                #expect(try await world.run(on: connection, world.sourceSQL(51))?.facts["used"] == 50)
                #expect(try await world.run(on: connection, "select tenancy.consume('uploads', 1)")?.facts["used"] == 50)
            }
        }

        @Test("asvs-34: fifty at once over each limit: never more than the limit and what was in flight, each success counted once")
        func fifty() async throws {
            let world = try await QuotaWorld.make(
                1, "kpis = 10, rows = 200, uploads_per_month = 10, forecasts_per_month = 10, crawl_pages_per_month = 100")
            try await world.database.execute(world.sourceSQL(0))
            let lanes: Int64 = 5
            var configuration = try world.database.configuration(role: "uploads")
            configuration.maxConnections = Int(lanes)
            let client = world.database.client(configuration)
            let works: [(metric: String, step: Int64, limit: Int64, sql: @Sendable (Int) -> String)] = [
                ("kpis", 1, 10, { world.sourceSQL($0) }), ("rows", 20, 200, { world.valuesSQL($0 * 100...$0 * 100 + 19, source: 0) }),
                ("uploads", 1, 10, { _ in "select tenancy.consume('uploads', 1)" }),
                ("forecasts", 1, 10, { _ in "select tenancy.consume('forecasts', 1)" }),
                ("crawl_pages", 7, 100, { _ in "select tenancy.consume('crawl_pages', 7)" }),
            ]
            for work in works {
                let before = try await world.used(work.metric)
                let passed = try await withThrowingTaskGroup(of: Int64.self) { group in
                    for number in 1...50 {
                        group.addTask {
                            try await client.withConnection(deadline: QuotaWorld.limit) { connection in
                                let error = try await world.run(on: connection, work.sql(number))
                                if let error { #expect(error.code == .quotaExceeded, "\(String(reflecting: error))") }
                                return error == nil ? 1 : 0
                            }
                        }
                        guard number % 10 == 0 else { continue }
                        group.addTask {
                            try await world.fold(3)
                            return 0
                        }
                    }
                    return try await group.reduce(0, +)
                }
                let used = try await world.used(work.metric)
                #expect(used == before + passed * work.step, "\(work.metric): each success counts once")
                #expect(used + work.step > work.limit, "\(work.metric): what fits is let in")
                #expect(used <= work.limit + (lanes - 1) * work.step, "\(work.metric): \(used)")
                #expect(try await world.isExact())
            }
        }

        @Test("adding up loses and doubles nothing, whoever adds up and whoever writes meanwhile")
        func folding() async throws {
            let world = try await QuotaWorld.make(1, "rows = 1000000")
            try await world.source(1)
            var configuration = try world.database.configuration(role: "uploads")
            configuration.maxConnections = 4
            let client = world.database.client(configuration)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<80 {
                    group.addTask {
                        try await client.withConnection(deadline: QuotaWorld.limit) { (connection: OwnConnection) async throws in
                            let range = number * 10...number * 10 + number % 7
                            #expect(try await world.run(on: connection, commits: number % 3 != 0, world.valuesSQL(range)) == nil)
                        }
                    }
                    if number % 4 == 0 { group.addTask { _ = try await world.fold(number % 5 + 1) } }
                }
                try await group.waitForAll()
            }
            let expected = (0..<80).reduce(0) { $1 % 3 == 0 ? $0 : $0 + $1 % 7 + 1 }
            #expect(try await world.used("rows") == Int64(expected))
            #expect(try await world.isExact())
            #expect(try await world.database.query("select count(*) from tenancy.quota_deltas")[0].int64(0) == 0)
        }

        @Test("the gateways hear when a limit is reached and when it is left, and of nothing else")
        func crossing() async throws {
            let world = try await QuotaWorld.make(1, "rows = 10")
            try await world.source(1)
            try await world.fold()
            var events = try world.database.client(role: "host").listen(["tenancy_changed"]).makeAsyncIterator()
            #expect(await events.next() == .listening)
            let marker = world.database.superuserClient()
            /// What was announced up to now.
            func heard() async throws -> [String] {
                try await marker.withConnection(deadline: QuotaWorld.limit) { try await $0.execute("select pg_notify('tenancy_changed', 'mark')") }
                var payloads: [String] = []
                while case .notified(_, let payload)? = await events.next(isolation: #isolation), payload != "mark" { payloads.append(payload) }
                return payloads
            }
            func standing() async throws -> JSONValue {
                let row = try await world.database.query("select used_up from tenancy.standing('\(world.tenant)')")[0]
                return try row.optionalJSON(0).map { try JSON.read($0) } ?? .null
            }
            try await world.withHandler { (connection: OwnConnection) async throws in
                try await world.run(on: connection, world.valuesSQL(1...9))
                try await world.fold()
                #expect(try await heard() == [])
                #expect(try await standing() == .null)
                try await world.run(on: connection, world.valuesSQL(10...10))
                #expect(try await standing()[0]?["limit"] == "rows", "known before it is added up")
                try await world.fold()
                #expect(try await heard() == ["\(world.tenant)"])
                #expect(try await standing()[0]?["used"] == 10)
                try await world.run(on: connection, world.valuesSQL(1...10, value: 3))
                try await world.fold()
                #expect(try await heard() == [])
            }
            try await world.database.execute("delete from app.kpi_sources where tenant_id = '\(world.tenant)'")
            try await world.fold()
            #expect(try await heard() == ["\(world.tenant)"])
            #expect(try await standing() == .null)
        }

        @Test("what is done is counted in its month, and begins anew with the next; no handler can count backwards or anything else")
        func months() async throws {
            let world = try await QuotaWorld.make(1, "uploads_per_month = 2")
            try await world.database.execute(
                """
                insert into tenancy.quota_counts (tenant_id, metric, period_start, amount)
                values ('\(world.tenant)', 'uploads', date_trunc('month', now(), 'UTC') - interval '1 month', 50)
                """)
            try await world.withHandler { (connection: OwnConnection) async throws in
                for _ in 0..<2 { #expect(try await world.run(on: connection, "select tenancy.consume('uploads', 1)") == nil) }
                let error = try #require(try await world.run(on: connection, "select tenancy.consume('uploads', 1)"))
                let end = try await world.database.query("select date_trunc('month', now(), 'UTC') + interval '1 month'")[0].timestamp(0)
                #expect(error.facts["used"] == 2 && error.facts["limit"] == "uploads_per_month")
                #expect(error.facts["resets_at"]?.string.flatMap { Timestamp($0) } == end)
                for call in ["'uploads', -1", "'uploads', 0", "'uploads', null", "'rows', 1", "'members', -5", "null, 1", "'uploads', 1000000001"] {
                    let refused = try await world.run(on: connection, "select tenancy.consume(\(call))")
                    #expect(refused != nil && refused?.code != .quotaExceeded, "\(call)")
                }
                #expect(
                    try await world.run(on: connection, "savepoint s", "select tenancy.use('')", "select tenancy.consume('uploads', 1)")?.code
                        == .unavailable)
            }
            #expect(try await world.used("uploads") == 2)
        }

        @Test("a tenant that goes takes its counts along, and what was not added up yet")
        func gone() async throws {
            let world = try await QuotaWorld.make(1, "rows = 100")
            let other = try await QuotaWorld.make(2, "rows = 100")
            for each in [world, other] {
                try await each.source(1)
                try await each.withHandler { (connection: OwnConnection) async throws in
                    #expect(try await each.run(on: connection, each.valuesSQL(1...5)) == nil)
                }
            }
            try await world.fold(1)
            try await world.database.execute("delete from tenancy.tenants where id = '\(world.tenant)'")
            try await world.fold()
            for table in ["quota_counts", "quota_deltas", "plan_changes"] {
                let left = try await world.database.query("select count(*) from tenancy.\(table) where tenant_id = $1", [.id(world.tenant)])[0].int64(
                    0)
                #expect(left == 0, "\(table)")
            }
            #expect(try await other.holds(["rows": 5]))
        }

        @Test("members are counted wherever they come from, and one more than the plan allows is refused whole")
        func members() async throws {
            let world = try await QuotaWorld.make(1, "members = 2")
            func join(_ number: Int) async throws {
                let user = UUID(high: 7, low: UInt64(number))
                try await world.database.execute(
                    """
                    insert into identity.users (id, email, name) values ('\(user)', 'm\(number)@example.test', 'M');
                    insert into tenancy.memberships (tenant_id, user_id, role) values ('\(world.tenant)', '\(user)', 'viewer')
                    """)
            }
            try await join(1)
            try await join(2)
            await #expect(throws: PostgresError.self) { try await join(3) }
            #expect(try await world.holds(["members": 2]))
            try await world.database.execute("delete from identity.users where email = 'm1@example.test'")
            #expect(try await world.holds(["members": 1]))
            try await join(4)
            #expect(try await world.holds(["members": 2]))
        }
    }
}

/// Lets nobody through before all are there.
private actor Barrier {
    private var missing: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { missing = count }

    func pass() async {
        missing -= 1
        guard missing > 0 else {
            for one in waiting { one.resume() }
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }
}
