import Glibc
import Kernel
import Postgres
import Tenants
import TestSupport

/// An installation with the shared schema and no handler, in a database and with roles of its own.
final class PackageWorld: Sendable {
    let database: EmptyDatabase
    let environment: [String: String]

    /// Makes one, lends it, removes it.
    static func run<R>(_ body: (PackageWorld) async throws -> R) async throws -> R {
        try await EmptyDatabase.with { database in
            let world = try await Blocking.run { try PackageWorld(database) }
            let (status, printed) = try await world.tenantry(["migrate", "up"])
            guard status == 0 else { throw AppError(.internalError, printed) }
            return try await body(world)
        }
    }

    private init(_ database: EmptyDatabase) throws {
        self.database = database
        let installer = database.installer
        var url = "postgres://\(installer.user)"
        if let password = installer.password { url += ":\(password)" }
        url += "@/\(installer.database)?host=\(installer.host)&port=\(installer.port)"
        try File.makeFolder("\(database.home)/none")
        try RunningHost.writeKey(database.home)
        var environment = [
            "TENANTRY_DATABASE_URL": url, "TENANTRY_HOME": database.home, "TENANTRY_ROLE_PREFIX": database.prefix.description,
            "TENANTRY_ADDRESS": "127.0.0.1:0", "TENANTRY_HANDLERS": "\(database.home)/none", "TENANTRY_SCHEMA": TestSchema.migrations,
            "SWIFT_BACKTRACE": "enable=no",
        ]
        if let path = getenv("LD_LIBRARY_PATH") { environment["LD_LIBRARY_PATH"] = String(cString: path) }
        self.environment = environment
    }

    var home: String { database.home }

    /// Runs a command to its end.
    func tenantry(_ arguments: [String], _ more: [String: String] = [:]) async throws -> (status: Int32, printed: String) {
        let environment = environment.merging(more) { _, new in new }
        return try await Blocking.run { try ChildProgram("tenantry", arguments, environment: environment).finish() }
    }

    /// Runs a gateway around a body.
    func gateway<R>(_ more: [String: String] = [:], _ body: (RunningHost) async throws -> R) async throws -> R {
        let host = try await RunningHost.start(environment: environment.merging(more) { _, new in new })
        let result: Result<R, any Error>
        do { result = .success(try await body(host)) } catch { result = .failure(error) }
        host.program.signal(SIGKILL)
        _ = try await Blocking.run { host.program.end() }
        switch result {
        case .success(let value): return value
        case .failure(let error): throw AppError(.internalError, "\(error)\n--- the host printed:\n\(host.program.printed.suffix(4000))")
        }
    }

    /// The rows of a statement as the superuser.
    func query(_ sql: String, _ binds: [Bind] = []) async throws -> Rows {
        try await TestServer.withClient(database.superuser) {
            try await $0.withConnection(deadline: .after(.seconds(60))) { try await $0.query(sql, binds) }
        }
    }

    func execute(_ script: String) async throws {
        try await TestServer.withClient(database.superuser) {
            try await $0.withConnection(deadline: .after(.seconds(60))) { try await $0.execute(script) }
        }
    }

    /// A tenant of that number with an owner.
    func member(_ number: Int, role: Role = .owner) async throws -> Member {
        let low = 0x8000_0000_0000_0000 | UInt64(number)
        let tenant = TenantID(UUID(high: 0x0190_0000_0000_7000, low: low))
        let user = UserID(UUID(high: 0x0190_0000_0000_7001, low: low))
        _ = try await query(
            "insert into tenancy.tenants (id, slug, name, plan) values ($1, $2, $3, 'enterprise')",
            [.id(tenant), .text("tenant-\(number)"), .text("Tenant \(number)")])
        _ = try await query(
            "insert into identity.users (id, email, name) values ($1, $2, $3)", [.id(user), .text("user-\(number)@example.test"), .text("User")])
        _ = try await query(
            "insert into tenancy.memberships (tenant_id, user_id, role, epoch) values ($1, $2, $3, 1)",
            [.id(tenant), .id(user), .text(role.rawValue)])
        return Member(tenant: tenant, user: user, role: role)
    }
}
