import Kernel
import Manifest
import Postgres
import Tenants
import TestSupport
import Testing

extension Integration {
    /// The whole installation: migrations, roles, grants, lint; by a superuser and by an installer that is none.
    @Suite struct InstallTests {
        private static var limit: Deadline { .after(.seconds(280)) }

        private func install(_ database: EmptyDatabase, _ client: PostgresClient) async throws {
            let manifests = try TestSchema.manifests()
            _ = try await Migrator(client: client, prefix: database.prefix, series: TestSchema.series()).up(deadline: Self.limit)
            let roles = RoleInstaller(client: client, prefix: database.prefix, home: database.home)
            try await roles.install(deadline: Self.limit)
            try await roles.install(handlers: manifests.map(\.name), deadline: Self.limit)
            try await GrantInstaller(client: client, prefix: database.prefix).install(manifests, deadline: Self.limit)
        }

        private func signedIn<R>(_ database: EmptyDatabase, _ role: String, _ body: (OwnConnection) async throws -> R) async throws -> R {
            let host = try Credentials.load(Credentials.hostFile(home: database.home)).passwords
            let admin = try Credentials.load(Credentials.adminFile(home: database.home)).passwords
            var configuration = database.superuser
            configuration.user = role
            let password: String = try #require(host[role] ?? admin[role])
            configuration.password = password
            return try await TestServer.withClient(configuration) { try await $0.withConnection(deadline: Self.limit, body) }
        }

        @Test("installed twice over, everything is in order, and every role signs in with the password of its file")
        func bySuperuser() async throws {
            try await EmptyDatabase.with { database in
                try await database.withClient { client in
                    try await install(database, client)
                    let first = try Credentials.load(Credentials.hostFile(home: database.home)).passwords
                    try await install(database, client)
                    #expect(try Credentials.load(Credentials.hostFile(home: database.home)).passwords == first)
                    #expect(try await Linter(client: client, prefix: database.prefix).run(deadline: Self.limit).findings == [])
                    let prefix = database.prefix
                    for role in [prefix.host, prefix.admin, prefix.migrator, prefix.backup, prefix.handler("auth"), prefix.handler("uploads")] {
                        let user = try await signedIn(database, role) { try await $0.query("select session_user::text")[0].text(0) }
                        #expect(user == role)
                    }
                    #expect(first.keys.allSatisfy { $0 == prefix.host || $0.hasPrefix("\(prefix)_h_") })
                }
            }
        }

        @Test("pitfall 55: without superuser rights the same walls stand; what the server keeps open is named, with what it gives away")
        func withoutSuperuser() async throws {
            try await EmptyDatabase.with(withoutSuperuser: true) { database in
                try await database.withClient { client in
                    try await install(database, client)
                    try await install(database, client)
                    let report = try await Linter(client: client, prefix: database.prefix).run(deadline: Self.limit)
                    #expect(report.must == [])
                    let weaker = Set(report.weaker.map(\.id))
                    #expect(weaker == ["backup_role", "closed_function", "closed_relation", "closed_column", "language_usable"])
                    #expect(report.weaker.allSatisfy { !$0.gain.isEmpty })
                    #expect(!report.refusals(accepting: "").isEmpty && report.refusals(accepting: weaker.joined(separator: ",")).isEmpty)
                    // The rows are as closed as ever.
                    let outcome = try await signedIn(database, database.prefix.handler("dashboards")) {
                        await Outcome.of("select count(*) from app.businesses", on: $0)
                    }
                    #expect(outcome == .refused("28000"))
                }
            }
        }

        @Test("a handler that is no longer listed loses every right, and its role can do nothing")
        func removed() async throws {
            try await EmptyDatabase.with { database in
                try await database.withClient { client in
                    try await install(database, client)
                    let rest = try TestSchema.manifests().filter { $0.name != "dashboards" }
                    try await GrantInstaller(client: client, prefix: database.prefix).install(rest, deadline: Self.limit)
                    let configuration = database.prefix.handler("dashboards")
                    let error = await #expect(throws: PostgresError.self) { try await signedIn(database, configuration) { _ in } }
                    #expect(error?.code == .connectFailed)
                    #expect(try await Linter(client: client, prefix: database.prefix).run(deadline: Self.limit).findings == [])
                }
            }
        }

        @Test("a manifest that asks for too much is refused with every fault, and nothing has changed")
        func refused() async throws {
            try await TestDatabase.withFresh { database in
                var manifest = try #require(database.manifests.first { $0.name == "uploads" })
                manifest.grants = [
                    .init(object: "app.nothing", verbs: [.select]), .init(object: "tenancy.tenants", verbs: [.select]),
                    .init(object: "identity.profile", verbs: [.execute]), .init(object: "app.kpi_data", verbs: [.execute]),
                ]
                let installer = GrantInstaller(client: database.superuserClient(), prefix: database.prefix)
                let error = await #expect(throws: AppError.self) { try await installer.install([manifest], deadline: Self.limit) }
                #expect(error?.code == .validation && error?.issues.map(\.field) == manifest.grants.map(\.object))
                #expect(try await Linter(client: database.superuserClient(), prefix: database.prefix).run(deadline: Self.limit).findings == [])
            }
        }

        @Test("pitfall 19: with row security off the backup role reads all rows and a handler none; nobody gets the keys")
        func backup() async throws {
            try await TestDatabase.withFresh { database in
                let tenant = try await database.tenant(1)
                try await database.execute("insert into app.businesses (tenant_id, id, name) values ('\(tenant)', '\(tenant)', 'one')")
                for (role, expected) in [("backup", Outcome.rows([[[0, 0, 0, 0, 0, 0, 0, 1]]], affected: 1)), ("dashboards", .refused("42501"))] {
                    try await database.client(role: role).withConnection(deadline: Self.limit) { connection in
                        try await connection.execute("set row_security = off")
                        #expect(await Outcome.of("select count(*) from app.businesses", on: connection) == expected)
                        #expect(await Outcome.of("select secret from tenancy.keys", on: connection) == .refused("42501"))
                    }
                }
            }
        }

        @Test("pitfall 24: no handler may change a row's tenant or key, and none reads the system's columns")
        func columns() async throws {
            try await TestDatabase.withFresh { database in
                let rows = try await database.query(
                    """
                    select c.oid::regclass::text, a.attname::text from pg_class c join pg_attribute a on a.attrelid = c.oid, pg_roles r
                    where c.relnamespace = 'app'::regnamespace and c.relkind = 'r' and starts_with(r.rolname, $1)
                        and (has_column_privilege(r.oid, c.oid, a.attnum, 'update') and (a.attname = 'tenant_id' or exists (
                                select from pg_index i where i.indrelid = c.oid and i.indisprimary and a.attnum = any (i.indkey)))
                            or a.attnum < 0 and has_column_privilege(r.oid, c.oid, a.attnum, 'select'))
                    """, [.text("\(database.prefix)_h_")])
                #expect(rows.isEmpty)
            }
        }
    }
}
