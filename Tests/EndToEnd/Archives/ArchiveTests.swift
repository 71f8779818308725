import ArchiveFormat
import Kernel
import Postgres
import Tenants
import TestSupport
import Testing

extension EndToEnd {
    /// Whole tenants in and out by the command line, without a gateway.
    @Suite("Archives", .testDatabase) struct Archives {
        @Test("a tenant that is exported and imported has every row that it had, in the same installation under another name")
        func roundTrip() async throws {
            let world = try await ArchiveWorld.current()
            let (original, owner) = try await world.seed()
            try await world.seed(2)
            _ = try await world.query(
                """
                insert into app.forecasts (tenant_id, id, business_id, source_id, metric, frequency, prediction, confidence, report)
                    select tenant_id, gen_random_uuid(), business_id, id, name, 'daily', '[{"mean": 1.25}]', 0.75, '{"seasons": [7]}'
                    from app.kpi_sources where tenant_id = $1
                """, [.id(original)])
            _ = try await world.query(
                """
                insert into app.anomalies
                    (tenant_id, id, business_id, source_id, "timestamp", kind, severity, score, value, expected, lower, upper, explanation)
                    select tenant_id, gen_random_uuid(), business_id, id, '2026-01-01', 'missing', 'low', 3, null, 1, 0, 2, 'none "came"'
                    from app.kpi_sources where tenant_id = $1
                """, [.id(original)])
            let path = world.path("one.jsonl")
            let exported = try await world.tenantry("tenant", "export", "tenant-1", "--output", path)
            #expect(exported.status == 0, "\(exported.printed)")
            let imported = try await world.tenantry("tenant", "import", path, "--slug", "copy", "--name", "Copy", "--json")
            #expect(imported.status == 0, "\(imported.printed)")
            let made = try JSON.decode(Made.self, from: JSON.read(Array(imported.printed.utf8)))
            #expect(made.slug == "copy" && made.source == "tenant-1" && made.members == 3 && made.kind == "live")
            let carried = ArchiveWorld.tables.filter { $0 != "app.audit_log" } + ["app.forecasts", "app.anomalies"]
            #expect(try await world.differences(original, made.id, in: carried) == [])
            #expect(try await world.query("select from app.anomalies where tenant_id = $1", [.id(made.id)]).count == 3)
            let log = try await world.query(
                "select action, count(*) from app.audit_log where tenant_id = $1 group by action order by action", [.id(made.id)])
            #expect(try log.map { try $0.text(0) } == ["business.created", "tenant.imported"], "history and one line of its own")
            let members = try await world.query(
                """
                select (select count(*) from (select user_id, role, disabled from tenancy.memberships where tenant_id = $1
                    except select user_id, role, disabled from tenancy.memberships where tenant_id = $2) x), (select weight from tenancy.tenants where id = $2)
                """, [.id(original), .id(made.id)])[0]
            #expect(try members.int64(0) == 0 && members.int64(1) == 250)
            #expect(try await world.query("select count(*) from tenancy.imports", [])[0].int64(0) == 0)
            let events = try await world.query(
                "select tenant_id from identity.security_events where action in ('tenant_exported', 'tenant_imported') order by action", [])
            #expect(try events.map { try $0.uuid(0) } == [original.uuid, made.id.uuid])
            #expect(owner.uuid != .zero)
            #expect(try await world.tenantry("lint").status == 0)
        }

        struct Made: Decodable {
            let id: TenantID
            let slug: String
            let source: String
            let kind: String
            let members: Int
            let rows: Int64
        }

        @Test("no secret leaves: neither passwords, keys, invitations, second factors nor other tenants' rows are in an archive")
        func secrets() async throws {
            let world = try await ArchiveWorld.current()
            let (tenant, owner) = try await world.seed()
            try await world.seed(2)
            for statement in [
                "insert into identity.credentials (user_id, password_hash) values ('\(owner)', 'marker-password')",
                """
                insert into tenancy.api_keys (tenant_id, id, prefix, hash, name, scopes, created_by)
                    values ('\(tenant)', gen_random_uuid(), 'aaaaaaa1', sha256('k'), 'marker-key', '{businesses:read}', '\(owner)')
                """,
                """
                insert into tenancy.invitations (tenant_id, id, email, role, hash, invited_by, expires_at)
                    values ('\(tenant)', gen_random_uuid(), 'marker-invited@example.test', 'viewer', sha256('i'), '\(owner)', '2999-01-01')
                """,
                """
                insert into identity.providers (id, tenant_id, name, issuer, client_id, client_secret, scopes, allowed_domains)
                    values (gen_random_uuid(), '\(tenant)', 'marker-provider', 'https://issuer.example', 'c', 'marker-secret', '{openid}', '{}')
                """,
                """
                insert into app.businesses (tenant_id, id, name) select id, gen_random_uuid(), 'marker-neighbour' from tenancy.tenants where slug = 'tenant-2'
                """,
            ] { _ = try await world.query(statement, []) }
            let (status, printed) = try await world.tenantry("tenant", "export", "tenant-1")
            #expect(status == 0)
            #expect(printed.contains("user-1-owner@example.test") && printed.contains("\"left_out\""))
            #expect(!printed.contains("marker") && !printed.contains("user-2-owner"), "\(printed.suffix(500))")
            #expect(!printed.contains("app.audit_seals\",\"columns") && printed.contains(#""object":"app.audit_seals""#))
        }

        @Test("a clone is a sandbox with the same rows under the same ids, and its original stays as it is") func clone() async throws {
            let world = try await ArchiveWorld.current()
            let (original, _) = try await world.seed(points: 3000)
            try await world.seed(2)
            let cloned = try await world.tenantry("tenant", "clone", "tenant-1", "--slug", "sandbox", "--json")
            #expect(cloned.status == 0, "\(cloned.printed)")
            let made = try JSON.decode(Made.self, from: JSON.read(Array(cloned.printed.utf8)))
            #expect(made.kind == "sandbox" && made.members == 3)
            #expect(try await world.differences(original, made.id, in: ArchiveWorld.tables.filter { $0 != "app.audit_log" }) == [])
            let kinds = try await world.query("select kind from tenancy.tenants order by slug", [])
            #expect(try kinds.map { try $0.text(0) } == ["sandbox", "live", "live"])
            let log = try await world.query(
                "select t.slug, l.action from app.audit_log l join tenancy.tenants t on t.id = l.tenant_id where l.action like 'tenant.%' order by 1",
                [])
            #expect(try log.map { "\(try $0.text(0)) \(try $0.text(1))" } == ["sandbox tenant.cloned_from", "tenant-1 tenant.cloned"])
            // What happens in the one does not happen in the other.
            _ = try await world.query("delete from app.businesses where tenant_id = $1", [.id(made.id)])
            #expect(try await world.query("select count(*) from app.kpi_data where tenant_id = $1", [.id(original)])[0].int64(0) == 3005)
            let bare = try await world.tenantry("tenant", "clone", "tenant-1", "--slug", "bare", "--without-members", "--live")
            #expect(bare.status == 0, "\(bare.printed)")
            #expect(
                try await world.query(
                    "select count(*) from tenancy.memberships m join tenancy.tenants t on t.id = m.tenant_id where slug = 'bare'", [])[0].int64(0)
                    == 0)
        }

        @Test("members are found by address: who has another id here gets it in every row, who has no account gets one without a password")
        func people() async throws {
            let world = try await ArchiveWorld.current()
            let (original, owner) = try await world.seed()
            _ = try await world.query(
                """
                insert into app.notification_channels (tenant_id, id, name, type, config)
                    values ($1, gen_random_uuid(), 'mail', 'email', jsonb_build_object('user_ids', jsonb_build_array($2::uuid)))
                """, [.id(original), .id(owner)])
            let path = world.path("people.jsonl")
            #expect(try await world.tenantry("tenant", "export", "tenant-1", "--output", path).status == 0)
            let other = UUID(high: 9, low: 9)
            for statement in [
                "delete from tenancy.tenants where id = '\(original)'", "delete from identity.users",
                "insert into identity.users (id, email, name) values ('\(other)', 'user-1-owner@example.test', 'Somebody')",
                "insert into identity.users (id, email, name) values ('\(owner)', 'stranger@example.test', 'Stranger')",
            ] { _ = try await world.query(statement, []) }
            let imported = try await world.tenantry("tenant", "import", path)
            #expect(imported.status == 0, "\(imported.printed)")
            let businesses = try await world.query("select distinct user_id from app.businesses", [])
            #expect(try businesses.map { try $0.uuid(0) } == [other], "the owner's rows are the owner's, whoever has the old id here")
            let channels = try await world.query("select config -> 'user_ids' ->> 0, enabled from app.notification_channels", [])
            #expect(try channels.map { try $0.text(0) } == [other.description], "mail goes to the owner, not to whoever has the old id here")
            #expect(try channels.allSatisfy { try !$0.bool(1) })
            let actors = try await world.query("select distinct user_id from app.audit_log where action = 'business.created'", [])
            #expect(try actors.map { try $0.uuid(0) } == [other])
            let roles = try await world.query(
                """
                select u.email, m.role, exists (select from identity.credentials c where c.user_id = u.id)
                from tenancy.memberships m join identity.users u on u.id = m.user_id order by m.role
                """, [])
            #expect(
                try roles.map { "\(try $0.text(0)) \(try $0.text(1)) \(try $0.bool(2))" } == [
                    "user-1-auditor@example.test auditor false", "user-1-owner@example.test owner false", "user-1-viewer@example.test viewer false",
                ])
        }

        @Test("an archive is one instant: what is committed while it is written is not in it, nor half of it") func snapshot() async throws {
            let world = try await ArchiveWorld.current()
            let (tenant, _) = try await world.seed()
            let database = try TestDatabase.current
            let path = world.path("snapshot.jsonl")
            try await Blocker.hold("app.kpi_data", "access exclusive", database) { blocker in
                let export = try await Blocking.run {
                    try ChildProgram("tenantry", ["tenant", "export", "tenant-1", "--output", path], environment: world.environment)
                }
                try await Blocker.waits(database)
                try await blocker.execute(
                    """
                    insert into app.businesses (tenant_id, id, name) values ('\(tenant)', '00000000-0000-7000-8000-0000000000ff', 'too late');
                    insert into app.kpi_sources (tenant_id, id, business_id, name, type)
                        values ('\(tenant)', '00000000-0000-7000-8000-0000000000fe', '00000000-0000-7000-8000-0000000000ff', 'late', 'manual');
                    insert into app.kpi_data (tenant_id, source_id, "timestamp", value) values ('\(tenant)', '00000000-0000-7000-8000-0000000000fe', now(), 1);
                    insert into probe.entries (tenant_id, number, text) values ('\(tenant)', 999, 'too late');
                    commit
                    """)
                let (status, printed) = try await Blocking.run { export.finish() }
                #expect(status == 0, "\(printed)")
            }
            let text = String(decoding: try File.read(path, limit: 1 << 26), as: UTF8.self)
            #expect(!text.contains("too late") && !text.contains("0000000000fe"))
            let imported = try await world.tenantry("tenant", "import", path, "--slug", "copy")
            #expect(imported.status == 0, "\(imported.printed)")
        }

        @Test("another installation, with other roles and other keys, reads the archive; what it exports again is the same", .timeLimit(.minutes(40)))
        func elsewhere() async throws {
            let world = try await ArchiveWorld.current()
            try await world.seed(points: 500)
            let path = world.path("moved.jsonl")
            #expect(try await world.tenantry("tenant", "export", "tenant-1", "--output", path).status == 0)
            let bytes = try File.read(path, limit: 1 << 26)
            let again = try await ArchiveWorld.fresh { elsewhere in
                let copied = elsewhere.path("moved.jsonl")
                try File.write(bytes, to: copied)
                let imported = try await elsewhere.tenantry("tenant", "import", copied)
                #expect(imported.status == 0, "\(imported.printed)")
                let again = elsewhere.path("again.jsonl")
                let exported = try await elsewhere.tenantry("tenant", "export", "tenant-1", "--output", again)
                #expect(exported.status == 0, "\(exported.printed)")
                #expect(try await elsewhere.tenantry("lint").status == 0)
                return try File.read(again, limit: 1 << 26)
            }
            let (first, second) = (Self.rows(bytes), Self.rows(again))
            #expect(first.count > 500)
            #expect(first == second)
        }

        /// Rows with their tables, without what says when and where the archive was made.
        private static func rows(_ bytes: [UInt8]) -> [String] {
            String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst().dropLast().map(String.init).filter {
                !$0.contains("tenant.imported") && !$0.contains("tenant.exported")
            }
        }
    }
}

/// A table that somebody holds, so that a program stops just there.
enum Blocker {
    /// Locks a table in an open transaction around a body.
    static func hold<R>(_ table: String, _ mode: String, _ database: TestDatabase, _ body: (OwnConnection) async throws -> R) async throws -> R {
        try await TestServer.withClient(database.superuser) { client in
            try await client.withConnection(deadline: .after(.seconds(120))) { connection in
                try await connection.execute("begin; lock table \(table) in \(mode) mode")
                let result = try await body(connection)
                try? await connection.execute("rollback")
                return result
            }
        }
    }

    /// Returns when a handler's role waits for a lock.
    static func waits(_ database: TestDatabase, _ handler: String = "archive") async throws {
        try await RunningHost.eventually("it waits for the table", within: .seconds(60)) {
            try await database.query(
                """
                select exists (select from pg_locks l join pg_stat_activity a on a.pid = l.pid
                    where not l.granted and a.usename = $1 and a.datname = current_database())
                """, [.text(database.prefix.handler(handler))])[0].bool(0)
        }
    }

    /// Returns when nobody is signed in as the handler's role any more.
    static func isGone(_ database: TestDatabase) async throws {
        try await RunningHost.eventually("its sessions have ended", within: .seconds(60)) {
            try await database.query(
                "select not exists (select from pg_stat_activity where usename = $1 and datname = current_database())",
                [.text(database.prefix.handler("archive"))])[0].bool(0)
        }
    }
}
