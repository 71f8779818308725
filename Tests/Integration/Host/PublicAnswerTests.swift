import Kernel
import Postgres
import TestSupport
import Testing

extension Integration {
    /// The queue of sources that are due, and what providers allow all tenants together.
    @Suite("work on sources in the database", .testDatabase) struct SourceWorkQueue {
        private static var limit: Deadline { .after(.seconds(60)) }
        private let first = UUID(high: 1, low: 1)
        private let second = UUID(high: 1, low: 2)

        private func host(_ sql: String) async throws -> Rows {
            try await TestDatabase.current.client(role: "host").withConnection(deadline: Self.limit) { try await $0.query(sql) }
        }

        private func add(_ tenant: TenantID, _ number: Int, seconds: Int = 0) async throws {
            try await TestDatabase.current.execute(
                """
                insert into tenancy.source_work (tenant_id, kind, id, due_at)
                values ('\(tenant)', 'sync', '\(UUID(high: 2, low: UInt64(number)))', now() - interval '\(seconds) seconds')
                """)
        }

        /// The numbers of what was claimed.
        private func claim(_ claimer: UUID, most: Int = 10) async throws -> [Int] {
            try await host("select id from tenancy.claim_source_work('\(claimer)', '1 minute', \(most)) order by id").map { Int(try $0.uuid(0).low) }
        }

        @Test("the first of each tenant before anybody's second, at most four of a tenant at once") func fair() async throws {
            let (one, two) = (try await TestDatabase.current.tenant(1), try await TestDatabase.current.tenant(2))
            for number in 1...6 { try await add(one, number, seconds: 1000 - number) }
            try await add(two, 11, seconds: 10)
            try await add(two, 12, seconds: 5)
            #expect(try await claim(first, most: 3) == [1, 2, 11])
            #expect(try await claim(second) == [3, 4, 12])
            #expect(try await claim(second) == [])
            _ = try await host("select tenancy.end_source_work('\(one)', 'sync', '\(UUID(high: 2, low: 2))', '\(first)', null)")
            #expect(try await claim(second) == [5])
        }

        @Test("who has lost a claim can neither end nor renew it, and what was added anew stays") func claims() async throws {
            let tenant = try await TestDatabase.current.tenant(1)
            try await add(tenant, 1)
            #expect(try await claim(first) == [1])
            let context = try TestDatabase.current.context(tenant: tenant, handler: "sources")
            let id = UUID(high: 2, low: 1)
            try await TestDatabase.current.client(role: "sources").withConnection(deadline: Self.limit) { connection in
                try await connection.execute(
                    "begin; select tenancy.use('\(context)'); select tenancy.add_source_work('sync', '\(id)', 3600); commit")
            }
            let ended = try await host("select tenancy.end_source_work('\(tenant)', 'sync', '\(id)', '\(first)', null)")
            let renewed = try await host("select tenancy.renew_source_work('\(tenant)', 'sync', '\(id)', '\(first)', '1 minute')")
            #expect(try ended[0].bool(0) == false && renewed[0].bool(0) == false)
            #expect(
                try await TestDatabase.current.query("select count(*) from tenancy.source_work where due_at > now() + interval '50 minutes'")[0]
                    .int64(0) == 1)
        }

        @Test("a provider's limit is all tenants', and none of them takes more than a quarter; a new period begins anew") func quota() async throws {
            let database = try TestDatabase.current
            func take(_ tenant: TenantID, _ most: Int) async throws -> Double? {
                let context = try database.context(tenant: tenant, handler: "sources")
                return try await database.client(role: "sources").withConnection(deadline: Self.limit) { connection in
                    try await connection.begin()
                    _ = try await connection.query("select tenancy.use('\(context)')")
                    let wait = try await connection.query("select tenancy.take_provider_call('gdelt', \(most), 86400)")[0].optionalFloat8(0)
                    try await connection.commit()
                    return wait
                }
            }
            var tenants: [TenantID] = []
            for number in 1...5 { tenants.append(try await database.tenant(number)) }
            for _ in 1...2 { #expect(try await take(tenants[0], 8) == nil) }
            let wait = try #require(try await take(tenants[0], 8))
            #expect(wait > 0 && wait <= 86_400)
            for tenant in tenants[1...3] + tenants[1...3] { #expect(try await take(tenant, 8) == nil) }
            #expect(try await take(tenants[4], 8) != nil)
            try await database.execute("update tenancy.provider_calls set period_start = period_start - interval '1 day'")
            #expect(try await take(tenants[4], 8) == nil)
            #expect(try await database.query("select count(*) from tenancy.provider_calls")[0].int64(0) == 1)
        }

        @Test("an answer is given for its lifetime, to whoever knows the question, and to nobody without a tenant") func answers() async throws {
            let database = try TestDatabase.current
            let tenant = try await database.tenant(1)
            let client = try database.client(role: "sources")
            let context = try database.context(tenant: tenant, handler: "sources")
            func run(_ sql: String) async throws -> Rows {
                try await client.withConnection(deadline: Self.limit) { connection in
                    try await connection.begin()
                    _ = try await connection.query("select tenancy.use('\(context)')")
                    let rows = try await connection.query(sql)
                    try await connection.commit()
                    return rows
                }
            }
            _ = try await run("select tenancy.keep_public_answer('gdelt', sha256('q'), 'body', 60)")
            _ = try await run("select tenancy.keep_public_answer('geonames', sha256('q'), 'for ever', null)")
            #expect(try await run("select body from tenancy.public_answer('gdelt', sha256('q'))").count == 1)
            #expect(try await run("select body from tenancy.public_answer('gdelt', sha256('other'))").isEmpty)
            try await database.execute("update reference.public_answers set expires_at = now() - interval '1 second' where provider = 'gdelt'")
            #expect(try await run("select body from tenancy.public_answer('gdelt', sha256('q'))").isEmpty)
            #expect(try await run("select body from tenancy.public_answer('geonames', sha256('q'))").count == 1)
            _ = try await run("select tenancy.keep_public_answer('gdelt', sha256('new'), 'body', 60)")
            #expect(try await database.query("select count(*) from reference.public_answers")[0].int64(0) == 2)
            await #expect(throws: PostgresError.self) {
                try await client.withConnection(deadline: Self.limit) {
                    _ = try await $0.query("select * from tenancy.public_answer('gdelt', sha256('new'))")
                }
            }
        }
    }
}
