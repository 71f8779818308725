import Glibc
import Kernel
import Postgres
import Tenants
import TestSupport
import Testing

extension EndToEnd {
    /// `kill -9` of a command in the middle; the same command again puts everything right.
    @Suite("interrupted packages", .enabled(if: File.exists("/usr/lib/python3/dist-packages/psycopg2"), "python3-psycopg2 is not installed"))
    struct InterruptedPackages {
        /// Where a command is killed: as soon as this can be seen from outside.
        enum Point: String, CaseIterable, Sendable {
            case filesCopied, dryRunStarted, ownerSignsIn, schemaMade, tableMade, roleMade, recorded, linked

            func isReached(_ world: PackageWorld) async throws -> Bool {
                let prefix = world.database.prefix
                func holds(_ sql: String, _ binds: [Bind] = []) async throws -> Bool { try await world.query(sql, binds)[0].bool(0) }
                return switch self {
                case .filesCopied:
                    try File.isFolder("\(world.home)/handlers/notes/versions")
                        && File.names(in: "\(world.home)/handlers/notes/versions").contains { !$0.hasPrefix(".") }
                case .dryRunStarted: try await holds("select exists (select from pg_database where datname = $1)", [.text("\(prefix)_dry")])
                case .ownerSignsIn:
                    try await holds("select exists (select from pg_roles where rolname = $1 and rolcanlogin)", [.text(prefix.packageOwner("notes"))])
                case .schemaMade: try await holds("select to_regnamespace('notes') is not null")
                case .tableMade: try await holds("select to_regclass('notes.entries') is not null")
                case .roleMade: try await holds("select exists (select from pg_roles where rolname = $1)", [.text(prefix.handler("notes"))])
                case .recorded: try await holds("select exists (select from tenancy.handlers where name = 'notes')")
                case .linked: File.exists("\(world.home)/handlers/notes/current")
                }
            }
        }

        /// Starts a command and kills it when a condition holds; true if it had not ended by itself.
        @discardableResult
        private func kill(_ arguments: [String], in world: PackageWorld, when holds: () async throws -> Bool) async throws -> Bool {
            let program = try await Blocking.run { try ChildProgram("tenantry", arguments, environment: world.environment) }
            while try await !holds(), ChildProgram.isAlive(program.pid) {}
            program.signal(SIGKILL)
            return try await Blocking.run { program.end() } == -SIGKILL
        }

        @Test("install, at every point", arguments: Point.allCases) func install(point: Point) async throws {
            try await PackageWorld.run { world in
                let package = try PackageFolder(in: world, "notes", up: [PackageFolder.table("notes")])
                try await kill(["handler", "install", package.path], in: world) { try await point.isReached(world) }
                let again = try await world.tenantry(["handler", "install", package.path])
                #expect(again.status == 0, "\(again.printed)")
                try await whole(world)
            }
        }

        @Test("upgrade and remove, at several points") func upgradeAndRemove() async throws {
            try await PackageWorld.run { world in
                let package = try PackageFolder(in: world, "notes", up: [PackageFolder.table("notes")])
                #expect(try await world.tenantry(["handler", "install", package.path]).status == 0)
                try package.program(answer: "two")
                try package.write("Schema/0002_more.up.sql", "alter table notes.entries add more text;")
                try package.write("Schema/0002_more.down.sql", "alter table notes.entries drop more;")
                let reached: [() async throws -> Bool] = [
                    { try await Point.dryRunStarted.isReached(world) },
                    { try await Point.ownerSignsIn.isReached(world) },
                    { try await world.query("select count(*) from tenancy.migrations where series = 'notes'")[0].int64(0) == 2 },
                    { File.exists("\(world.home)/handlers/notes/previous") },
                ]
                for holds in reached { try await kill(["handler", "upgrade", package.path], in: world, when: holds) }
                #expect(try await world.tenantry(["handler", "upgrade", package.path]).status == 0)
                try await whole(world)
                #expect(try await world.query("select count(*) from tenancy.migrations where series = 'notes'")[0].int64(0) == 2)

                try await kill(["handler", "remove", "notes", "--drop-data"], in: world) { !File.exists("\(world.home)/handlers/notes/current") }
                try await kill(["handler", "remove", "notes", "--drop-data"], in: world) { try await !Point.roleMade.isReached(world) }
                try await kill(["handler", "remove", "notes", "--drop-data"], in: world) { try await !Point.schemaMade.isReached(world) }
                let last = try await world.tenantry(["handler", "remove", "notes", "--drop-data"])
                #expect(last.status == 0 || last.status == 66, "\(last.printed)")
                #expect(try await world.query("select to_regnamespace('notes') is null")[0].bool(0))
                #expect(!File.exists("\(world.home)/handlers/notes"))
                #expect(try await world.tenantry(["lint"]).status == 0)
            }
        }

        /// It is served, nothing of the dry run stays, nobody signs in as the owner.
        private func whole(_ world: PackageWorld) async throws {
            let (status, listed) = try await world.tenantry(["handler", "list", "--json"])
            #expect(status == 0)
            #expect(try JSON.read(Array(listed.utf8)).array?.compactMap { $0["name"]?.string } == ["notes"], "\(listed)")
            #expect(try await !Point.dryRunStarted.isReached(world))
            #expect(try await !Point.ownerSignsIn.isReached(world))
            #expect(try await world.query("select version is not null from tenancy.handlers where name = 'notes'")[0].bool(0))
            #expect(try await world.query("select count(*) from tenancy.migrations where series = 'notes'")[0].int64(0) > 0)
            #expect(try await world.tenantry(["lint"]).status == 0)
            let left = try File.names(in: "\(world.home)/handlers/notes/versions").filter { $0.hasPrefix(".") }
            #expect(left == [])
        }
    }
}
