import Glibc
import Kernel
import Manifest
import Postgres
import Tenants
import TestSupport
import Testing

extension EndToEnd {
    /// `tenantry handler install`, `upgrade`, `rollback`, `remove`, from the first file to the answer of a gateway.
    @Suite("packages", .enabled(if: File.exists("/usr/lib/python3/dist-packages/psycopg2"), "python3-psycopg2 is not installed"))
    struct Packages {
        @Test("installed, upgraded, rolled back, removed: what serves, what the database holds, what is said") func life() async throws {
            try await PackageWorld.run { world in
                let member = try await world.member(1)
                let package = try PackageFolder(in: world, "notes", up: [PackageFolder.table("notes")])
                let installed = try await world.tenantry(["handler", "install", package.path, "--json"])
                #expect(installed.status == 0, "\(installed.printed)")
                let first = try #require(try JSON.read(Array(installed.printed.utf8))["version"]?.string)
                #expect(try JSON.read(Array(installed.printed.utf8))["steps"]?.array?.compactMap(\.string) == ["notes 1 (step)"])
                _ = try await world.query("insert into notes.entries values ($1, 1, 'kept')", [.id(member.tenant)])
                try await world.gateway { host in
                    let answer = try await host.get("/notes", token: try host.token(member))
                    #expect(try answer.json["word"]?.string == "one", "\(answer.text)")
                    #expect(try answer.json["entries"]?.integer == 1)
                }

                // The same again changes nothing; another content under the same name wants `upgrade`.
                let again = try await world.tenantry(["handler", "install", package.path, "--json"])
                #expect(try JSON.read(Array(again.printed.utf8))["version"]?.string == first, "\(again.printed)")
                try package.program(answer: "two")
                try package.write("Schema/0002_more.up.sql", "alter table notes.entries add more text;")
                try package.write("Schema/0002_more.down.sql", "alter table notes.entries drop more;")
                let taken = try await world.tenantry(["handler", "install", package.path])
                #expect(taken.status == 73)
                #expect(taken.printed.contains("tenantry handler upgrade"), "\(taken.printed)")

                let upgraded = try await world.tenantry(["handler", "upgrade", package.path, "--json"])
                #expect(upgraded.status == 0, "\(upgraded.printed)")
                #expect(try JSON.read(Array(upgraded.printed.utf8))["previous"]?.string == first)
                let recorded = try await world.query("select version from tenancy.handlers where name = 'notes'")[0].text(0)
                #expect(try JSON.read(Array(upgraded.printed.utf8))["version"]?.string == recorded)
                try await world.gateway { host in
                    let answer = try await host.get("/notes", token: try host.token(member))
                    #expect(try answer.json["word"]?.string == "two")
                }

                // `migrate up` leaves packages as they are.
                let migrated = try await world.tenantry(["migrate", "up"])
                #expect(migrated.printed.contains("nothing to apply"), "\(migrated.printed)")

                let back = try await world.tenantry(["handler", "rollback", "notes", "--json"])
                #expect(back.status == 0, "\(back.printed)")
                #expect(try JSON.read(Array(back.printed.utf8))["version"]?.string == first)
                #expect(try JSON.read(Array(back.printed.utf8))["ahead"]?.array?.compactMap(\.string) == ["2 (more)"])
                try await world.gateway { host in
                    let answer = try await host.get("/notes", token: try host.token(member))
                    #expect(try answer.json["word"]?.string == "one")
                    #expect(try answer.json["entries"]?.integer == 1)
                }

                let removed = try await world.tenantry(["handler", "remove", "notes"])
                #expect(removed.status == 0, "\(removed.printed)")
                #expect(try await world.query("select count(*) from notes.entries")[0].int64(0) == 1)
                #expect(
                    try await world.query("select count(*) from pg_roles where rolname = $1", [.text(world.database.prefix.handler("notes"))])[0]
                        .int64(0) == 0)
                #expect(!File.exists("\(world.home)/handlers/notes"))
                #expect(try await world.tenantry(["handler", "remove", "notes"]).status == 66)

                // Its rows wait for it.
                #expect(try await world.tenantry(["handler", "install", package.path]).status == 0)
                #expect(try await world.query("select count(*) from notes.entries")[0].int64(0) == 1)
                let dropped = try await world.tenantry(["handler", "remove", "notes", "--drop-data", "--json"])
                #expect(dropped.status == 0, "\(dropped.printed)")
                #expect(try await world.query("select to_regnamespace('notes') is null")[0].bool(0))
                #expect(
                    try await world.query("select count(*) from pg_roles where starts_with(rolname, $1)", [.text("\(world.database.prefix)_o_")])[0]
                        .int64(0) == 0)
                #expect(try await world.tenantry(["lint"]).status == 0)
            }
        }

        @Test("a running gateway takes up what is installed, upgraded, rolled back and removed") func live() async throws {
            try await PackageWorld.run { world in
                let member = try await world.member(1)
                let package = try PackageFolder(in: world, "notes", up: [PackageFolder.table("notes")])
                try await world.gateway { host in
                    let token = try host.token(member)
                    func word() async throws -> String? { try await host.get("/notes", token: token).json["word"]?.string }
                    func run(_ arguments: String...) async throws {
                        let result = try await world.tenantry(["handler"] + arguments)
                        guard result.status == 0 else { throw AppError(.internalError, result.printed) }
                    }
                    #expect(try await host.get("/notes", token: token).status == 404)
                    try await run("install", package.path)
                    try await host.eventually("it is served") { try await word() == "one" }
                    try package.program(answer: "two")
                    try await run("upgrade", package.path)
                    try await host.eventually("the new version is served") { try await word() == "two" }
                    // What a version serves is asked anew, although the file of its program is the same.
                    try package.program(answer: "three", route: "notes/other")
                    try await run("upgrade", package.path)
                    try await host.eventually("its route is there") {
                        try await host.get("/notes/other", token: token).json["word"]?.string == "three"
                    }
                    #expect(try await host.get("/notes", token: token).status == 404)
                    try await run("rollback", "notes")
                    try await host.eventually("the version before is served") { try await word() == "two" }
                    try await run("remove", "notes")
                    try await host.eventually("it is gone") { try await host.get("/notes", token: token).status == 404 }
                }
            }
        }

        @Test("what cannot be installed is refused by name and leaves nothing behind") func refusals() async throws {
            try await PackageWorld.run { world in
                func refused(_ package: PackageFolder, _ status: Int32, _ text: String) async throws {
                    let result = try await world.tenantry(["handler", "install", package.path])
                    #expect(result.status == status, "\(result.printed)")
                    #expect(result.printed.contains(text), "\(result.printed)")
                    #expect(!File.exists("\(world.home)/handlers/\(package.name)"))
                    #expect(try await world.query("select to_regnamespace($1) is null", [.text(package.name)])[0].bool(0))
                }
                let table = PackageFolder.table("notes")
                try await refused(
                    try PackageFolder(in: world, "notes", up: [table], more: "secrets: [jwt_signing_keys]\n"), 65, "a package is handed no secrets")
                try await refused(
                    try PackageFolder(in: world, "notes", up: [table], grants: "  identity.users: [select]\n"), 65, "identity.users: expected")
                try await refused(
                    try PackageFolder(in: world, "notes", up: [table], grants: "  tenancy.keys: [select]\n"), 65, "tenancy.keys: expected")
                try await refused(try PackageFolder(in: world, "notes", up: [table], grants: "  app.nothing: [select]\n"), 65, "app.nothing")
                let colliding = try PackageFolder(in: world, "notes", up: [table])
                try colliding.program(answer: "x", route: "health")
                try await refused(colliding, 73, "is taken by the host")
                let silent = try PackageFolder(in: world, "notes", up: [table])
                try silent.write("serve.py", "#!/usr/bin/python3\n", mode: 0o755)
                try await refused(silent, 70, "ended before it said what it serves")
                let plain = try PackageFolder(in: world, "notes", up: [table])
                try plain.write("serve.py", "x", mode: 0o644)
                try await refused(plain, 65, "may not be executed")
                let leading = try PackageFolder(in: world, "notes", up: [table])
                symlink("/etc/passwd", "\(leading.path)/data")
                try await refused(leading, 65, "leads out of it")
                let absolute = try PackageFolder(in: world, "notes", up: [table])
                try absolute.write("handler.yaml", "name: notes\nprogram: /bin/sh\n")
                try await refused(absolute, 65, "expected a file in the package's folder")
                for name in ["auth", "core", "app"] {
                    let own = try PackageFolder(in: world, "notes", up: [table])
                    try own.write("handler.yaml", "name: \(name)\nprogram: ./serve.py\n")
                    let result = try await world.tenantry(["handler", "install", own.path])
                    #expect(result.status == 65)
                    #expect(result.printed.contains("the name \(name) is taken"), "\(result.printed)")
                }
            }
        }
    }
}
