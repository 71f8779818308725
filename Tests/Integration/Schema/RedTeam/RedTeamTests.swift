import Kernel
import Manifest
import Postgres
import Tenants
import TestSupport
import Testing

extension Integration {
    /// A hostile author of SQL in each handler, against a tenant that is not theirs.
    ///
    /// What no revoke closes: EXPLAIN shows the planner's estimates, which know all tenants (no route shows a plan: `CatalogueTests`),
    /// and a handler that may delete rows may `LOCK TABLE` until its transaction ends, which its deadline does for it. A role may also change its
    /// own settings and password (`sabotage` below): no row is seen, but lint must find it and the installer mend it.
    @Suite struct RedTeamTests {
        /// For a whole siege, since its connections are held so long; all suites share the machine's processors with it.
        private static var limit: Deadline { .after(.seconds(900)) }

        @Test(
            "pitfalls 1 to 27: nothing that a handler's role can say reads, writes, counts, infers or blocks another tenant's rows",
            arguments: ["auth", "dashboards", "uploads", "users", "probe"])
        func attacks(handler: String) async throws {
            let (tried, breaches) = try await siege(handler)
            #expect(tried > 700)
            for breach in breaches.prefix(20) { Issue.record("\(breach)") }
        }

        @Test(
            "asvs-25: every table and function of persons, sessions, keys, roles and the record, as every handler: nothing of another tenant's",
            arguments: try TestSchema.manifests().map(\.name))
        func record(handler: String) async throws {
            let (tried, breaches) = try await siege(handler, only: .generated)
            #expect(tried > 200)
            for breach in breaches.prefix(20) { Issue.record("\(breach)") }
        }

        @Test("each table of tenants and persons has a row of B's to find")
        func everywhere() async throws {
            try await TestDatabase.withFresh { database in
                try await World.fill(database, withB: true)
                let tables = try await database.query(
                    """
                    select c.oid::regclass::text, a.attname::text from pg_class c join pg_attribute a on a.attrelid = c.oid
                    where c.relkind in ('r', 'p') and c.relnamespace in ('app'::regnamespace, 'identity'::regnamespace, 'tenancy'::regnamespace)
                        and a.attname in ('tenant_id', 'user_id') and not a.attisdropped
                    """)
                var found: [String: Int64] = [:]
                for row in tables {
                    let (table, column) = (try row.text(0), try row.text(1))
                    let id = column == "tenant_id" ? "\(World.b)" : "\(World.user(World.b))"
                    found[table, default: 0] += try await database.query("select count(*) from \(table) where \(column) = '\(id)'")[0].int64(0)
                }
                // The host's own sums and recordings, which no handler has a way to, and what goes with the transaction that made it.
                let empty = found.filter { $0.value == 0 }.keys.filter {
                    !["tenancy.usage", "tenancy.recordings", "tenancy.kpi_touches"].contains($0)
                }
                #expect(empty.isEmpty, "extend World+record.swift")
            }
        }

        /// Which attacks are tried.
        private enum Part {
            case written, generated
        }

        @Test(
            "the red team sees each hole that is planted for it",
            arguments: [
                ("dashboards", "alter policy tenant on app.businesses using (true)", "select name from app.businesses"),
                ("dashboards", "alter policy tenant on app.businesses with check (true)", "insert into app.businesses"),
                ("dashboards", "create policy more on app.businesses for delete using (true)", "delete from app.businesses"),
                ("dashboards", "alter table app.kpi_data disable row level security", "count(*) from app.kpi_data"),
                ("dashboards", "create unique index single on app.businesses (id)", "insert into app.businesses"),
                ("uploads", "grant select on pg_class to public", "from pg_class"),
                ("uploads", "grant select on app.kpi_data to {prefix}_h_uploads", "select ctid"),
                ("uploads", "grant update on app.kpi_data to {prefix}_h_uploads", "lock table app.kpi_data"),
                ("uploads", "grant execute on function pg_stat_get_live_tuples(oid) to public", "pg_stat_get_live"),
                ("uploads", "grant execute on function pg_table_size(regclass) to public", "_size"),
                ("dashboards", "grant execute on function pg_terminate_backend(int, bigint) to public", "pg_terminate"),
                (
                    "probe",
                    "grant select on tenancy.answers to {prefix}_h_probe; alter table tenancy.answers no force row level security, disable row level security",
                    "tenancy.answers"
                ),
                ("probe", "grant delete on tenancy.answers to {prefix}_h_probe", "lock table tenancy.answers"),
                ("auth", "grant execute on function tenancy.rotate() to {prefix}_h_auth", "rotate"),
            ])
        func planted(handler: String, hole: String, attacks: String) async throws {
            let (tried, breaches) = try await siege(handler, hole: hole, attacks: attacks)
            #expect(tried > 0 && !breaches.isEmpty)
        }

        @Test("what a role changes of itself is found by lint and mended by the installer")
        func sabotage() async throws {
            try await EmptyDatabase.with { database in
                try await database.withClient { client in
                    _ = try await Migrator(client: client, prefix: database.prefix, series: TestSchema.series()).up(deadline: Self.limit)
                    let roles = RoleInstaller(client: client, prefix: database.prefix, home: database.home)
                    try await roles.install(deadline: Self.limit)
                    try await roles.install(handlers: ["uploads"], deadline: Self.limit)
                    let manifest = try #require(try TestSchema.manifests().first { $0.name == "uploads" })
                    try await GrantInstaller(client: client, prefix: database.prefix).install([manifest], deadline: Self.limit)
                    let linter = Linter(client: client, prefix: database.prefix)
                    #expect(try await linter.run(deadline: Self.limit).must == [])
                    let role = database.prefix.handler("uploads")
                    var configuration = database.superuser
                    configuration.user = role
                    configuration.password = try Credentials.load(Credentials.hostFile(home: database.home)).passwords[role]
                    try await TestServer.withClient(configuration) { client in
                        try await client.withConnection(deadline: Self.limit) { connection in
                            for setting in ["row_security = off", "statement_timeout = 1", "work_mem = '1GB'"] {
                                try await connection.execute("alter role current_user set \(setting)")
                            }
                            try await connection.execute("alter role current_user in database \(database.name) set lock_timeout = 1")
                        }
                    }
                    let found = try await linter.run(deadline: Self.limit).must
                    #expect(found.count == 4 && found.allSatisfy { $0.id == "role_settings" }, "\(found)")
                    try await roles.install(handlers: ["uploads"], deadline: Self.limit)
                    #expect(try await linter.run(deadline: Self.limit).must == [])
                }
            }
        }

        /// The number of attacks, and what of B they showed or did.
        private func siege(
            _ handler: String, only part: Part = .written, hole: String = "select 1", attacks: String = ""
        ) async throws -> (tried: Int, breaches: [String]) {
            let alone = try await outcomes(handler, part, withB: false, hole, attacks)
            let together = try await outcomes(handler, part, withB: true, hole, attacks)
            var breaches = together.compactMap(\.breach)
            for (one, two) in zip(alone, together) where one.results.map(one.seen) != two.results.map(two.seen) {
                breaches.append("B shows in: \(one.attack)\nwithout B: \(one.results)\nwith B: \(two.results)")
            }
            return (together.count, breaches)
        }

        private struct Tried {
            let attack: [String]
            let results: [Outcome]
            let isNewEachTime: Bool
            /// What it did to B; nil where nothing.
            let breach: String?

            /// What is compared of an outcome.
            func seen(_ outcome: Outcome) -> Outcome {
                guard isNewEachTime, case .rows(let rows, let affected) = outcome else { return outcome }
                return .rows(rows.map { $0.map { $0 == nil ? nil : [] } }, affected: affected)
            }
        }

        private func outcomes(_ handler: String, _ part: Part, withB: Bool, _ hole: String, _ word: String) async throws -> [Tried] {
            try await TestDatabase.withFresh { database in
                try await World.fill(database, withB: withB)
                try await database.execute(database.prefix.fill(hole))
                let victim = try database.client(role: "dashboards")
                return try await victim.withConnection(deadline: Self.limit) { neighbour in
                    let pid = try await neighbour.query("select pg_backend_pid()")[0].int32(0)
                    let guardian = database.superuserClient()
                    return try await guardian.withConnection(deadline: Self.limit) { judge in
                        try await judge.execute(World.prepareState)
                        try await judge.execute(World.prepareTraces)
                        let world = Bench(database: database, handler: handler, neighbour: neighbour, judge: judge, withB: withB)
                        let names = try World.names(database, handler: handler, pid: pid)
                        let attacks = try await list(part, names, judge, database.prefix.handler(handler)).filter {
                            word.isEmpty || $0.statements.contains { $0.contains(word) }
                        }
                        return try await run(attacks, context: names["valid"] ?? "", world)
                    }
                }
            }
        }

        private func list(_ part: Part, _ names: [String: String], _ judge: OwnConnection, _ role: String) async throws -> [Attack] {
            guard part == .generated else { return Attack.all(names) }
            let tables = try await judge.query(Attack.tablesQuery).map { try $0.text(0) }
            let calls = try await judge.query(Attack.callsQuery, [.text(role)]).map { try $0.text(0) }
            return Attack.generated(tables: tables, calls: calls).map { $0.filled(names) }
        }

        /// What an attack is judged with.
        private struct Bench {
            let database: TestDatabase
            let handler: String
            let neighbour: OwnConnection
            let judge: OwnConnection
            let withB: Bool
        }

        private func run(_ attacks: [Attack], context: String, _ bench: Bench) async throws -> [Tried] {
            let client = try bench.database.client(role: bench.handler)
            let before = try await state(bench)
            var tried: [Tried] = []
            var rest = attacks[...]
            while !rest.isEmpty {
                // A new connection now and then, since what one attack leaves in its session must not hide the next one's success.
                let part = rest.prefix(40)
                rest = rest.dropFirst(40)
                try await client.withConnection(deadline: Self.limit) { connection in
                    let attacker = try await connection.query("select pg_backend_pid()")[0].int32(0)
                    for attack in part {
                        var (results, breach, left) = try await strike(attack, context, connection, attacker, bench)
                        // "tuple concurrently updated": a test beside this one touched a row of the catalogue that all databases share.
                        for _ in 0..<5 where breach == nil && results.contains(.refused("XX000")) {
                            let again = try await strike(attack, context, connection, attacker, bench)
                            (results, breach, left) = (again.results, again.breach, left.union(again.left))
                        }
                        if left.contains(.rows) {
                            let after = try await state(bench)
                            if after[1] != before[1] { breach = "B's rows changed after: \(attack.statements)" }
                            if after[2] != before[2] { breach = "keys, policies or rights changed after: \(attack.statements)" }
                            if after[0] != before[0] { try await bench.judge.execute(World.restoreA) }
                        }
                        tried.append(
                            Tried(attack: attack.statements, results: results, isNewEachTime: attack.isNewEachTime, breach: breach))
                    }
                }
            }
            return tried
        }

        private func strike(
            _ attack: Attack, _ context: String, _ connection: OwnConnection, _ attacker: Int32, _ bench: Bench
        ) async throws -> (results: [Outcome], breach: String?, left: Traces) {
            var results: [Outcome] = []
            var breach: String?
            _ = await Outcome.of("begin", on: connection)
            _ = await Outcome.of("select tenancy.use('\(context)')", on: connection)
            for statement in attack.statements { results.append(await Outcome.of(statement, on: connection)) }
            let left = try await traces(of: attack, attacker, bench)
            if bench.withB {
                if results.contains(where: { outcome in World.marks.contains { outcome.contains($0) } }) {
                    breach = "B's values in \(attack.statements): \(results)"
                }
                if try await !isFree(bench, left), !isAllowed(attack, bench) { breach = "B is held up by \(attack.statements)" }
            }
            _ = await Outcome.of("commit", on: connection)
            _ = await Outcome.of("discard all", on: connection)
            return (results, breach, left)
        }

        /// What an open transaction holds that others may feel.
        private struct Traces: OptionSet {
            let rawValue: Int
            /// It may have written or locked rows: nothing of a table changes without a transaction id.
            static let rows = Traces(rawValue: 1)
            /// It holds a lock that keeps writers out.
            static let locks = Traces(rawValue: 2)
        }

        /// Nearly all attacks are refused before they touch anything, and the judge has nothing to look for then.
        private func traces(of attack: Attack, _ attacker: Int32, _ bench: Bench) async throws -> Traces {
            if attack.endsTransaction { return [.rows, .locks] }
            let row = try await bench.judge.query("execute traces ('\(attacker)')")[0]
            var traces: Traces = []
            if try row.bool(0) { traces.insert(.rows) }
            if try row.bool(1) { traces.insert(.locks) }
            return traces
        }

        /// A table lock by a handler that may delete its rows. Of uploads these are tables that no other handler serves people from.
        private func isAllowed(_ attack: Attack, _ bench: Bench) -> Bool {
            let tables = [
                "dashboards": ["app.businesses"],
                "sources": ["app.data_sources", "app.source_runs", "app.source_pushes"],
                "uploads": ["app.files", "app.resumable_uploads", "app.resumable_parts"],
            ]
            return (tables[bench.handler] ?? []).contains { attack.statements[0].hasPrefix("lock table \($0) in ") }
        }

        /// While the attacker's transaction is open, B's session lives, and B's rows are read and written without waiting.
        private func isFree(_ bench: Bench, _ traces: Traces) async throws -> Bool {
            if traces.isEmpty {
                if case .rows = await Outcome.of("select 1", on: bench.neighbour) { return true }
                return false
            }
            let context = try bench.database.context(tenant: World.b, user: World.user(World.b), handler: "dashboards")
            let wait = "set local lock_timeout = '300ms'"
            do {
                try await bench.neighbour.execute(
                    "begin; select tenancy.use('\(context)'); \(wait); update app.businesses set name = name where tenant_id = '\(World.b)'; rollback"
                )
                try await bench.judge.execute(
                    """
                    begin; \(wait); update app.kpi_sources set name = name where tenant_id = '\(World.b)';
                    delete from app.kpi_data where tenant_id = '\(World.b)';
                    update tenancy.answers set status = status where tenant_id = '\(World.b)';
                    insert into tenancy.answers (tenant_id, handler, user_id, route, key, fingerprint) select tenant_id, handler, user_id, 'POST /x', 'large',
                        fingerprint from tenancy.answers where tenant_id = '\(World.b)' and key = 'known'; rollback
                    """)
                return true
            } catch {
                for connection in [bench.neighbour, bench.judge] { _ = await Outcome.of("rollback", on: connection) }
                return false
            }
        }

        private func state(_ bench: Bench) async throws -> [String] {
            let row = try await bench.judge.query(World.state)[0]
            return [try row.text(0), try row.text(1), try row.text(2)]
        }
    }
}
