import Kernel
import Postgres
import Tenants
import TestSupport
import Testing

extension Integration {
    @Suite struct MigratorTests {
        private static var limit: Deadline { .after(.seconds(240)) }

        private func migrator(_ client: PostgresClient, _ database: EmptyDatabase, _ series: [MigrationSeries]? = nil) throws -> Migrator {
            var migrator = Migrator(client: client, prefix: database.prefix, series: try series ?? TestSchema.series())
            migrator.lockTimeout = .milliseconds(200)
            return migrator
        }

        @Test("up, down to nothing, up again; a second up does nothing", arguments: [false, true])
        func upAndDown(withoutSuperuser: Bool) async throws {
            try await EmptyDatabase.with(withoutSuperuser: withoutSuperuser) { database in
                try await database.withClient { client in
                    let migrator = try migrator(client, database)
                    let files = try TestSchema.series().flatMap(\.migrations).count
                    #expect(try await migrator.status(deadline: Self.limit).allSatisfy { $0.state == .pending })
                    #expect(try await migrator.up(deadline: Self.limit).count == files)
                    #expect(try await migrator.up(deadline: Self.limit).isEmpty)
                    #expect(try await migrator.status(deadline: Self.limit).allSatisfy { $0.state == .applied && $0.appliedAt != nil })
                    let before = try await shape(client)
                    for series in try TestSchema.series().reversed() {
                        let back = try await migrator.down(series.name, steps: 100, deadline: Self.limit)
                        #expect(back.map(\.version) == series.migrations.map(\.version).reversed())
                    }
                    #expect(try await migrator.status(deadline: Self.limit).allSatisfy { $0.state == .pending })
                    #expect(try await migrator.up(deadline: Self.limit).count == files)
                    #expect(try await shape(client) == before)
                }
            }
        }

        /// Every table, column, constraint, policy and function, as text.
        private func shape(_ client: PostgresClient) async throws -> [String] {
            try await client.withConnection(deadline: Self.limit) { connection in
                try await connection.query(
                    """
                    select format('%s.%s %s %s', c.oid::regclass, a.attname, a.atttypid::regtype, a.attnotnull) as line
                        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 join pg_namespace n on n.oid = c.relnamespace
                        where n.nspname in ('app', 'tenancy', 'identity')
                    union all select format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) from pg_constraint where conrelid <> 0
                    union all select format('%s %s %s', polrelid::regclass, polname, pg_get_expr(polqual, polrelid)) from pg_policy
                    union all select format('%s %s', p.oid::regprocedure, md5(p.prosrc)) from pg_proc p join pg_namespace n on n.oid = p.pronamespace
                        where n.nspname in ('app', 'tenancy', 'identity')
                    order by line
                    """
                ).map { try $0.text(0) }
            }
        }

        @Test("a file that changed after it was applied is refused, and nothing else is applied")
        func checksum() async throws {
            try await EmptyDatabase.with { database in
                try await database.withClient { client in
                    _ = try await migrator(client, database).up(deadline: Self.limit)
                    let core = try #require(try TestSchema.series().first)
                    var files = core.files
                    files["0002_tenancy.up.sql", default: ""] += "\n-- another word"
                    files["0099_more.up.sql"] = nil
                    let next = core.migrations.count + 1
                    files["00\(next)_more.up.sql"] = "create table app.more (n int)"
                    files["00\(next)_more.down.sql"] = "drop table app.more"
                    let changed = try migrator(client, database, [try MigrationSeries("core", files: files)])
                    let error = await #expect(throws: AppError.self) { try await changed.up(deadline: Self.limit) }
                    #expect(error?.code == .conflict && error?.message.contains("core 2 (tenancy) was changed") == true)
                    #expect(try await changed.status(deadline: Self.limit).map(\.state).filter { $0 == .changed }.count == 1)
                    #expect(
                        try await client.withConnection(deadline: Self.limit) {
                            try await $0.query("select to_regclass('app.more') is null")[0].bool(0)
                        })
                }
            }
        }

        @Test("an applied file that is gone, or a pending one before it, is refused")
        func drift() async throws {
            try await EmptyDatabase.with { database in
                try await database.withClient { client in
                    let core = try #require(try TestSchema.series().first)
                    _ = try await migrator(client, database, [core]).up(deadline: Self.limit)
                    var files = core.files
                    files = files.filter { !$0.key.hasPrefix("00\(core.migrations.count)_") }
                    let fewer = try migrator(client, database, [try MigrationSeries("core", files: files)])
                    let gone = await #expect(throws: AppError.self) { try await fewer.up(deadline: Self.limit) }
                    #expect(gone?.message.contains("its file is gone") == true)
                    try await client.withConnection(deadline: Self.limit) { try await $0.execute("delete from tenancy.migrations where version = 2") }
                    let earlier = await #expect(throws: AppError.self) { try await migrator(client, database, [core]).up(deadline: Self.limit) }
                    #expect(earlier?.message.contains("a later one is") == true)
                }
            }
        }

        @Test("a second migrator waits for the first, then gives up with a clear word")
        func lock() async throws {
            try await EmptyDatabase.with { database in
                try await database.withClient { client in
                    try await client.withConnection(deadline: Self.limit) { holder in
                        _ = try await holder.query(
                            "select pg_advisory_lock(hashtextextended('tenantry.migrations.' || $1, 0))", [.text(database.prefix.description)])
                        let error = await #expect(throws: AppError.self) { try await migrator(client, database).up(deadline: Self.limit) }
                        #expect(error?.code == .unavailable && error?.message == "another migration is running in this database")
                    }
                    #expect(try await !migrator(client, database).up(deadline: Self.limit).isEmpty)
                }
            }
        }

        @Test("back before jobs, sources have their work: on a schedule at its time, those of timers at their period; forward again it is theirs")
        func sourcesBeforeJobs() async throws {
            try await EmptyDatabase.with(withoutSuperuser: true) { empty in
                let all = try MigrationSeries.read("core", folder: TestSchema.migrations)
                let jobs = try MigrationSeries("core", files: all.files.filter { $0.key.prefix(4) <= "0038" })
                let tenant = UUID(high: 5, low: 5)
                func source(_ number: UInt64) -> UUID { UUID(high: 6, low: number) }
                try await empty.withClient { client in _ = try await migrator(client, empty, [jobs]).up(deadline: Self.limit) }
                try await TestServer.withClient(empty.superuser) { client in
                    try await client.withConnection(deadline: Self.limit) { connection in
                        try await connection.execute(
                            """
                            insert into tenancy.tenants (id, slug, name) values ('\(tenant)', 'old', 'Old');
                            insert into app.businesses (tenant_id, id, name) values ('\(tenant)', '\(tenant)', 'One');
                            insert into app.data_sources
                                (tenant_id, id, business_id, name, type, config, status, interval_seconds, timer, next_run_at, created_by)
                                select '\(tenant)', s.id, '\(tenant)', s.id::text, 'x', '{}', s.status, s.seconds, s.timer, s.next, s.id
                                from (values ('\(source(1))'::uuid, 'active', 600, null, '2026-01-01'::timestamptz),
                                    ('\(source(2))', 'active', null, 'scrape_news', null), ('\(source(3))', 'paused', null, 'fetch_weather', null),
                                    ('\(source(4))', 'active', null, null, null), ('\(source(5))', 'active', null, 'fetch_rates', '2026-01-02'))
                                    as s (id, status, seconds, timer, next);
                            insert into tenancy.jobs (tenant_id, id, handler, kind, status, due_at, max_attempts, unique_key)
                                select '\(tenant)', j.id, j.handler, j.kind, j.status, now(), 5, j.source::text
                                from (values ('\(source(11))'::uuid, 'sources', 'sync_source', 'scheduled', '\(source(1))'::uuid),
                                    ('\(source(12))', 'sources', 'sync_source_now', 'running', '\(source(4))'),
                                    ('\(source(13))', 'alerts', 'process_alerts', 'waiting', '\(source(4))')) as j (id, handler, kind, status, source)
                            """)
                    }
                }
                func lines(_ query: String) async throws -> [String] {
                    try await TestServer.withClient(empty.superuser) { client in
                        try await client.withConnection(deadline: Self.limit) { try await $0.query(query).map { try $0.text(0) } }
                    }
                }
                try await empty.withClient { client in _ = try await migrator(client, empty, [jobs]).down(deadline: Self.limit) }
                let work = try await lines(
                    """
                    select kind || ' ' || id || case when due_at < '2026-01-03' then ' ' || due_at::date else '' end from tenancy.source_work
                    order by kind, id
                    """)
                #expect(
                    work == ["ask \(source(4))", "sync \(source(1)) 2026-01-01", "sync \(source(2))", "sync \(source(5)) 2026-01-02"], "\(work)")
                let intervals = try await lines("select coalesce(interval_seconds::text, 'none') from app.data_sources order by id")
                #expect(intervals == ["600", "3600", "21600", "none", "86400"])
                let left = try await lines("select handler || ' ' || kind from tenancy.jobs where finished_at is null")
                #expect(left == ["alerts process_alerts"])
                let forced = try await lines("select relforcerowsecurity::text from pg_class where oid = 'app.data_sources'::regclass")
                #expect(forced == ["true"])
                try await empty.withClient { client in _ = try await migrator(client, empty, [jobs]).up(deadline: Self.limit) }
                #expect(try await lines("select id::text from app.data_sources where next_run_at is not null").count == 3, "timers find them")
            }
        }

        @Test("a migration that fails leaves nothing of itself, and those before it stay")
        func failure() async throws {
            try await EmptyDatabase.with { database in
                try await database.withClient { client in
                    let core = try #require(try TestSchema.series().first)
                    let broken = try MigrationSeries(
                        "extra",
                        files: [
                            "0001_one.up.sql": "create schema one", "0001_one.down.sql": "drop schema one",
                            "0002_two.up.sql": "create schema two; select 1 / 0", "0002_two.down.sql": "",
                        ])
                    let migrator = try migrator(client, database, [core, broken])
                    let error = await #expect(throws: AppError.self) { try await migrator.up(deadline: Self.limit) }
                    #expect(error?.message == "migration extra 2 (two) failed and was taken back")
                    let states = try await migrator.status(deadline: Self.limit).filter { $0.series == "extra" }.map(\.state)
                    #expect(states == [.applied, .pending])
                    let left = try await client.withConnection(deadline: Self.limit) {
                        try await $0.query("select to_regnamespace('two') is null, nspowner::regrole::text from pg_namespace where nspname = 'one'")
                    }
                    #expect(try left[0].bool(0))
                    #expect(try left[0].text(1) == database.prefix.owner, "a handler's series runs as the owner")
                }
            }
        }
    }
}
