import Kernel
import Manifest
import Postgres
import Reactor
import Tenants
import TestSupport
import Testing

extension Integration {
    /// What a package's SQL may do to an installation: build its own schema, and nothing else.
    @Suite("packages' schemas") struct PackageSchemaTests {
        private static var limit: Deadline { .after(.seconds(280)) }
        private static let table = """
            create table notes.entries (
                tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
                id uuid not null,
                text text not null,
                primary key (tenant_id, id)
            );
            select tenancy.protect('notes.entries');
            """

        private static func series(_ steps: [String]) throws -> MigrationSeries {
            var files: [String: String] = [:]
            for (index, step) in steps.enumerated() {
                files["000\(index + 1)_step.up.sql"] = step
                files["000\(index + 1)_step.down.sql"] = index == 0 ? "drop table notes.entries" : "select 1"
            }
            return try MigrationSeries("notes", files: files)
        }

        private static var manifest: Manifest {
            var manifest = Manifest(name: "notes", program: "./notes")
            manifest.grants = [.init(object: "notes.entries", verbs: [.select, .insert])]
            return manifest
        }

        private func installing<R>(
            withoutSuperuser: Bool = false, _ body: (EmptyDatabase, PackageInstaller, PostgresClient) async throws -> R
        ) async throws -> R {
            try await EmptyDatabase.with(withoutSuperuser: withoutSuperuser) { database in
                try await database.withClient { client in
                    let core = try MigrationSeries.read("core", folder: TestSchema.migrations)
                    _ = try await Migrator(client: client, prefix: database.prefix, series: [core]).up(deadline: Self.limit)
                    try await RoleInstaller(client: client, prefix: database.prefix, home: database.home).install(deadline: Self.limit)
                    let base = database.installer
                    let installer = PackageInstaller(
                        client: client, prefix: database.prefix, home: database.home, core: core, deadline: Self.limit,
                        connect: { role, name in
                            var configuration = base
                            if let role { (configuration.user, configuration.password) = (role.name, role.password) }
                            if let name { configuration.database = name }
                            return TestServer.client(configuration)
                        })
                    return try await body(database, installer, client)
                }
            }
        }

        private func leftovers(_ database: EmptyDatabase, _ client: PostgresClient) async throws -> [String] {
            try await client.withConnection(deadline: Self.limit) { connection in
                try await connection.query(
                    """
                    select rolname::text from pg_roles where starts_with(rolname, $1) or starts_with(rolname, $2)
                    union all select datname::text from pg_database where starts_with(datname, $3)
                    union all select nspname::text from pg_namespace where nspname in ('notes', 'other')
                    union all select format('%s is in %s', member::regrole, roleid::regrole) from pg_auth_members
                        where starts_with(roleid::regrole::text, $1)
                    """,
                    [
                        .text("\(database.prefix)_o_"), .text("\(database.prefix)_dry"), .text("\(database.prefix)_dry"),
                    ]
                ).map { try $0.text(0) }
            }
        }

        @Test("pitfalls 1, 6, 7, 9: every attack of a package's schema is refused, and nothing of it stays") func attacks() async throws {
            try await installing { database, installer, client in
                let before = try await Linter(client: client, prefix: database.prefix).run(deadline: Self.limit)
                for attack in SchemaAttack.all {
                    do {
                        try await installer.tryOut(Self.manifest, Self.series([Self.table, attack.sql]))
                        Issue.record("\(attack.what): was not refused")
                    } catch let error as AppError {
                        let words = "\(error.debugDescription) \(error.issues.map { "\($0.field): \($0.issue)" })"
                        #expect(words.contains(attack.refusal), "\(attack.what): \(words)")
                        #expect(!words.contains("_dry_"), "\(words)")
                    }
                }
                #expect(try await leftovers(database, client) == [])
                #expect(try await Linter(client: client, prefix: database.prefix).run(deadline: Self.limit) == before)
            }
        }

        @Test(
            "a sound schema is installed, by a superuser and by an installer that is none; its owner is locked out afterwards",
            arguments: [false, true])
        func sound(withoutSuperuser: Bool) async throws {
            try await installing(withoutSuperuser: withoutSuperuser) { database, installer, client in
                // Settings and a password of the step's own choice do not outlive it.
                let own = "alter role {prefix}_o_notes set search_path = notes; alter role {prefix}_o_notes password 'known'"
                let series = try Self.series([Self.table, own])
                try await installer.tryOut(Self.manifest, series)
                for expected in [2, 0] { #expect(try await installer.install(Self.manifest, series).count == expected) }
                try await installer.record("notes", version: String(repeating: "a", count: 32), source: "here")
                let owner = database.prefix.packageOwner("notes")
                let state = try await client.withConnection(deadline: Self.limit) { connection in
                    try await connection.query(
                        "select rolcanlogin, rolconfig is null, (select relowner::regrole::text from pg_class where oid = 'notes.entries'::regclass) from pg_roles where rolname = $1",
                        [.text(owner)])[0]
                }
                #expect(try state.bool(0) == false)
                #expect(try state.bool(1))
                #expect(try state.text(2) == owner)
                var configuration = database.installer
                (configuration.user, configuration.password) = (owner, "known")
                await #expect(throws: (any Error).self) {
                    try await TestServer.withClient(configuration) {
                        try await $0.withConnection(deadline: Self.limit) { _ = try await $0.query("select 1") }
                    }
                }
                #expect(try await Linter(client: client, prefix: database.prefix).run(deadline: Self.limit).must == [])

                try await installer.revoke("notes")
                #expect(try await installer.knows("notes").handler == false)
                #expect(try await installer.knows("notes").data)
                #expect(try await installer.dropData("notes", series).count == 2)
                #expect(try await leftovers(database, client) == [])
            }
        }

        @Test("a schema that is somebody else's is not taken over") func taken() async throws {
            try await installing { _, installer, client in
                try await client.withConnection(deadline: Self.limit) { try await $0.execute("create schema notes") }
                await #expect(throws: AppError.self) { try await installer.install(Self.manifest, Self.series([Self.table])) }
            }
        }
    }
}
