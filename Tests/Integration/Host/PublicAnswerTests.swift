import Kernel
import Postgres
import TestSupport
import Testing

extension Integration {
    /// What providers answered and allow all tenants together.
    @Suite("answers of public providers in the database", .testDatabase) struct PublicAnswers {
        private static var limit: Deadline { .after(.seconds(60)) }

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
