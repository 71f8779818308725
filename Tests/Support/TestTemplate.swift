import Kernel
public import Manifest
import Postgres
public import Tenants

/// The database that every test's own is copied from: migrated once a run, with roles of a random prefix and the handlers' grants.
actor TestTemplate {
    static let shared = TestTemplate()

    struct Made: Sendable {
        let prefix: RolePrefix
        let home: String
        let database: String
        let passwords: [String: String]
        let manifests: [Manifest]
    }

    private enum State {
        case none
        case making([CheckedContinuation<Made, any Error>])
        case made(Result<Made, any Error>)
    }

    private var state = State.none
    private var copies = 0

    /// The template, made by whoever asks first.
    func made() async throws -> Made {
        switch state {
        case .made(let result): return try result.get()
        case .making(var waiting):
            return try await withCheckedThrowingContinuation { continuation in
                waiting.append(continuation)
                state = .making(waiting)
            }
        case .none:
            state = .making([])
            let result: Result<Made, any Error>
            do { result = .success(try await make()) } catch { result = .failure(error) }
            if case .making(let waiting) = state { waiting.forEach { $0.resume(with: result) } }
            state = .made(result)
            return try result.get()
        }
    }

    /// A name for another copy.
    func nextName(_ made: Made) -> String {
        copies += 1
        return "\(made.database)_\(copies)"
    }

    private func make() async throws -> Made {
        let configuration = try TestServer.configuration()
        return try await TestServer.withClient(configuration) { client in
            try await Leftovers.drop(client)
            let name = Leftovers.name()
            guard let prefix = RolePrefix(name) else { throw AppError(.internalError, "\(name) is no prefix") }
            let home = "/tmp/tenantry-test-\(name)"
            let database = "tenantry_test_\(name)"
            try await client.withConnection(deadline: .after(.seconds(60))) { try await $0.execute("create database \(database)") }
            var inside = configuration
            inside.database = database
            return try await TestServer.withClient(inside) { client in
                let series = try TestSchema.series()
                _ = try await Migrator(client: client, prefix: prefix, series: series).up(deadline: .after(.seconds(60)))
                let manifests = try TestSchema.manifests()
                let hostile = try TestSchema.hostile()
                let roles = RoleInstaller(client: client, prefix: prefix, home: home)
                try await roles.install(deadline: .after(.seconds(60)))
                try await roles.install(handlers: manifests.map(\.name) + [TestSchema.second, hostile.name], deadline: .after(.seconds(60)))
                try await GrantInstaller(client: client, prefix: prefix).install(manifests + [hostile], deadline: .after(.seconds(60)))
                let host = try Credentials.load(Credentials.hostFile(home: home)).passwords
                let admin = try Credentials.load(Credentials.adminFile(home: home)).passwords
                return Made(
                    prefix: prefix, home: home, database: database, passwords: host.merging(admin) { first, _ in first }, manifests: manifests)
            }
        }
    }
}

/// The project's own migrations and manifests, as they stand in the package.
public enum TestSchema {
    /// The folder of the shared migrations.
    public static var migrations: String { "\(Environment.package)/Tenants/Schema/Migrations" }

    /// A handler that has a role and nothing else: tests run a program a second time under this name.
    public static let second = "relay"

    /// The handler that tries to break out. Its role is there; only the tests of the walls run it.
    public static func hostile() throws -> Manifest { try Manifest.load(folder: "\(Environment.package)/Tests/HostileHandler") }

    /// The shared series, and one of each handler that has migrations of its own.
    public static func series() throws -> [MigrationSeries] {
        try [.read("core", folder: migrations)]
            + manifests().filter { File.isFolder("\($0.folder)/Schema") }.map { try .read($0.name, folder: "\($0.folder)/Schema") }
    }

    /// The manifests of the product's handlers and of the one that the suites bring.
    public static func manifests() throws -> [Manifest] {
        try Manifest.loadAll(below: "\(Environment.package)/Handlers") + [Manifest.load(folder: "\(Environment.package)/Tests/ProbeHandler")]
    }
}
