import Glibc
import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// `kill -9` at every step; a step is where the table that it writes to is held.
    @Suite("Interrupted archives", .testDatabase) struct InterruptedArchives {
        /// In the order in which an import fills them.
        private static let steps = [
            "tenancy.tenants", "tenancy.roles", "identity.users", "tenancy.memberships", "app.audit_log", "app.businesses", "app.kpi_sources",
            "app.kpi_data", "probe.entries", "identity.security_events",
        ]

        @Test("a killed import leaves nothing, wherever it stood; the next one makes all of it", .timeLimit(.minutes(40)))
        func importing() async throws {
            let world = try await ArchiveWorld.current()
            let (original, _) = try await world.seed()
            let path = world.path("kill.jsonl")
            #expect(try await world.tenantry("tenant", "export", "tenant-1", "--output", path).status == 0)
            // One of its members has no account any more, so that an import makes one.
            _ = try await world.query("delete from identity.users where email = 'user-1-viewer@example.test'", [])
            try await kill(["tenant", "import", path, "--slug", "copy"], at: Self.steps, world) { try await world.holdsOnly([original], users: 2) }
            let imported = try await world.tenantry("tenant", "import", path, "--slug", "copy", "--json")
            #expect(imported.status == 0, "\(imported.printed)")
            let made = try JSON.decode(EndToEnd.Archives.Made.self, from: JSON.read(Array(imported.printed.utf8)))
            #expect(try await world.differences(original, made.id, in: ["app.businesses", "app.kpi_sources", "app.kpi_data", "probe.entries"]) == [])
        }

        @Test("a killed clone leaves nothing, and its original untouched", .timeLimit(.minutes(40))) func cloning() async throws {
            let world = try await ArchiveWorld.current()
            let (original, _) = try await world.seed()
            let steps = Self.steps.filter { $0 != "identity.users" }
            try await kill(["tenant", "clone", "tenant-1", "--slug", "copy"], at: steps, world) { try await world.holdsOnly([original], users: 3) }
            #expect(try await world.query("select count(*) from app.audit_log", [])[0].int64(0) == 20, "nor a line that tells of it")
            #expect(try await world.tenantry("tenant", "clone", "tenant-1", "--slug", "copy").status == 0)
        }

        @Test("a killed export leaves no file that could be taken for a whole one") func exporting() async throws {
            let world = try await ArchiveWorld.current()
            try await world.seed()
            let database = try TestDatabase.current
            let path = world.path("cut.jsonl")
            try File.write(Array("before".utf8), to: path)
            try await Blocker.hold("app.kpi_data", "access exclusive", database) { _ in
                let program = try await Blocking.run {
                    try ChildProgram("tenantry", ["tenant", "export", "tenant-1", "--output", path], environment: world.environment)
                }
                try await Blocker.waits(database)
                program.signal(SIGKILL)
                _ = try await Blocking.run { program.end() }
            }
            #expect(try File.read(path) == Array("before".utf8))
        }

        @Test("an import or clone that fails late leaves nothing either, and says why") func failing() async throws {
            let world = try await ArchiveWorld.current()
            let (original, _) = try await world.seed()
            _ = try await world.query(
                """
                do $$ begin
                    execute 'create function probe.refuse() returns trigger language plpgsql as $f$ begin raise exception ''no'' using errcode = ''23514''; end $f$';
                    execute 'create trigger refuse before insert on probe.entries for each row execute function probe.refuse()';
                end $$
                """, [])
            let path = world.path("late.jsonl")
            #expect(try await world.tenantry("tenant", "export", "tenant-1", "--output", path).status == 0)
            let imported = try await world.tenantry("tenant", "import", path, "--slug", "copy")
            #expect(imported.status == 65 && imported.printed.contains("probe.entries"), "\(imported.printed)")
            let cloned = try await world.tenantry("tenant", "clone", "tenant-1", "--slug", "copy")
            #expect(cloned.status == 65 && cloned.printed.contains("probe.entries"), "\(cloned.printed)")
            #expect(try await world.holdsOnly([original], users: 3))
        }

        /// Holds one table after the other, kills the command where it waits for it, and looks what is there.
        private func kill(_ arguments: [String], at steps: [String], _ world: ArchiveWorld, isClean: () async throws -> Bool) async throws {
            let database = try TestDatabase.current
            for step in steps {
                try await Blocker.hold(step, "exclusive", database) { _ in
                    let program = try await Blocking.run { try ChildProgram("tenantry", arguments, environment: world.environment) }
                    try await Blocker.waits(database)
                    program.signal(SIGKILL)
                    let status = try await Blocking.run { program.end() }
                    #expect(status == -SIGKILL, "it had ended before \(step)")
                }
                try await Blocker.isGone(database)
                #expect(try await isClean(), "killed at \(step)")
            }
        }
    }
}
