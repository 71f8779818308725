import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// What news say: a job reads them, and the dashboard shows it.
    @Suite("Scored news", .testDatabase) struct ScoredNews {
        private static func insert(_ tenant: TenantID, _ business: UUID, _ title: String, _ content: String? = nil, scored: Bool = false) -> (
            String, [Bind]
        ) {
            (
                """
                insert into app.news_articles (tenant_id, id, business_id, title, content, url, url_key, title_key, source, published_at, scored_at)
                    values ($1, gen_random_uuid(), $2, $3, $4, $3, sha256(convert_to($3, 'UTF8')), sha256(convert_to($3, 'UTF8')), 'example.com', now(),
                        case when $5 then now() end)
                """, [.id(tenant), .uuid(business), .text(title), .optional(content, Bind.text), .bool(scored)]
            )
        }

        @Test("what a source lands is read by a job, in its language; an article has its tone, what it names and what it is about")
        func scored() async throws {
            try await SourcesWorld.run { world in
                try await world.sync(try await world.source("gdelt", ["query": "coffee"]))
                func articles() async throws -> [JSONValue] {
                    try await world.get("/dashboard/news/\(world.business)")["articles"]?.array ?? []
                }
                try await world.host.eventually("all are read") {
                    let found = try await articles()
                    return found.count == 4 && found.allSatisfy { $0["scored_at"] != .null }
                }
                let german = try await articles().first { $0["language"] == "de" } ?? .null
                #expect(german["sentiment"] == .null && german["sentiment_label"] == .null && german["entities"] == [], "\(german)")

                let title = "Acme Ltd profit surges to a record as sales beat forecasts"
                let (sql, binds) = Self.insert(
                    world.member.tenant, world.business, title, "Shares of the bank rose in Berlin on 3 March 2024. It paid $5 million to investors.")
                _ = try await TestDatabase.current.query(sql, binds)
                var article = JSONValue.null
                try await world.host.eventually("the next one is read too") {
                    article = try await articles().first { $0["title"]?.string == title } ?? .null
                    return article["scored_at"] ?? .null != .null
                }
                #expect(article["sentiment_label"] == "pos" && (article["sentiment"]?.number ?? 0) > 0.2 && article["language"] == "en", "\(article)")
                let entities = article["entities"]?.array ?? []
                #expect(entities.contains { $0["kind"] == "place" && $0["text"] == "Berlin" && $0["code"] == "DE" }, "\(entities)")
                #expect(entities.contains { $0["kind"] == "money" && $0["amount"]?.number == 5_000_000 && $0["code"] == "USD" }, "\(entities)")
                #expect(entities.contains { $0["kind"] == "date" && $0["day"] == "2024-03-03" }, "\(entities)")
                #expect(entities.contains { $0["kind"] == "organization" }, "\(entities)")
                #expect(article["topics"]?.array?.isEmpty == false, "\(article)")
                let other = try await world.other()
                #expect(try await other.get("/dashboard/news/\(other.business)")["articles"] == [])
            }
        }

        @Test("articles make one job with their transaction; one that runs does not count, and one that waits begins behind it") func making()
            async throws
        {
            let database = try TestDatabase.current
            let member = try await Member.make()
            let business = try await member.business(1)
            func land(_ title: String, scored: Bool = false) async throws {
                let (sql, binds) = Self.insert(member.tenant, business, title, scored: scored)
                _ = try await database.query(sql, binds)
            }
            func jobs() async throws -> [String] {
                try await database.query(
                    "select status from tenancy.jobs where tenant_id = $1 and handler = 'articles' and kind = 'score_news' order by id",
                    [.id(member.tenant)]
                ).map { try $0.text(0) }
            }
            try await land("read before", scored: true)
            #expect(try await jobs() == [])
            try await land("one")
            try await land("two")
            #expect(try await jobs() == ["scheduled"])
            // The job may be in the middle of its last look.
            try await database.execute("update tenancy.jobs set status = 'running', claimed_until = now() + interval '1 hour', attempt = 1")
            try await land("three")
            #expect(try await jobs() == ["running", "scheduled"])
            try await database.execute("update tenancy.jobs set due_at = now() - interval '1 second' where status = 'scheduled'")

            let client = database.superuserClient()
            try await client.withConnection(deadline: .after(.seconds(30))) { landing in
                try await landing.execute("begin")
                let (sql, binds) = Self.insert(member.tenant, business, "four")
                _ = try await landing.query(sql, binds)
                _ = try await database.query("select tenancy.promote_jobs(100)")
                #expect(try await jobs() == ["running", "scheduled"], "it waits for the transaction that counts on it")
                try await landing.execute("commit")
            }
            _ = try await database.query("select tenancy.promote_jobs(100)")
            #expect(try await jobs() == ["running", "waiting"])
        }
    }
}
