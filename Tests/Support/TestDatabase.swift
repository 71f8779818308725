public import Kernel
public import Manifest
public import Postgres
import Synchronization
public import Tenants
public import Tokens

/// A migrated database of one test's own, with ways to sign in as each role.
public final class TestDatabase: Sendable {
    @TaskLocal private static var bound: TestDatabase?

    /// The database of the running test.
    ///
    /// Throws where the test, or a suite around it, does not carry the trait `.testDatabase`.
    public static var current: TestDatabase {
        get throws {
            guard let bound else { throw AppError(.internalError, "add the trait .testDatabase to the test or its suite") }
            return bound
        }
    }

    /// Its name on the server.
    public let name: String
    /// The roles' prefix.
    public let prefix: RolePrefix
    /// The folder with the roles' passwords.
    public let home: String
    /// The handlers that are installed in it.
    public let manifests: [Manifest]
    /// The key that signs contexts.
    public let key: SigningKey
    private let passwords: [String: String]
    private let server: PostgresClient.Configuration
    private let clients = Mutex<[PostgresClient]>([])

    private init(_ name: String, _ made: TestTemplate.Made, _ server: PostgresClient.Configuration, key: SigningKey) {
        self.name = name
        self.prefix = made.prefix
        self.home = made.home
        self.manifests = made.manifests
        self.passwords = made.passwords
        self.server = server
        self.key = key
    }

    /// Makes a copy of the template, binds it while the body runs, and drops it.
    public static func withFresh<R>(_ body: (TestDatabase) async throws -> R) async throws -> R {
        try await CopyLimit.shared.run {
            let made = try await TestTemplate.shared.made()
            let server = try TestServer.configuration()
            let name = await TestTemplate.shared.nextName(made)
            return try await TestServer.withClient(server) { client in
                try await client.withConnection(deadline: .after(.seconds(60))) {
                    try await $0.execute("create database \(name) template \(made.database) strategy file_copy")
                }
                var inside = server
                inside.database = name
                let key = try await TestServer.withClient(inside) { client in
                    try await Migrator(client: client, prefix: made.prefix, series: []).harden(deadline: .after(.seconds(60)))
                    return try await KeyRing(client: client).newest(deadline: .after(.seconds(60)))
                }
                let database = TestDatabase(name, made, inside, key: key)
                let result: Result<R, any Error>
                do {
                    result = .success(try await $bound.withValue(database) { try await body(database) })
                } catch { result = .failure(error) }
                for client in database.clients.withLock({ $0 }) { await client.shutdown() }
                try await client.withConnection(deadline: .after(.seconds(60))) { try await $0.execute("drop database \(name) with (force)") }
                return try result.get()
            }
        }
    }

    /// How a role signs in to this database. `host`, `admin`, `migrator` and `backup` by those names, handlers by theirs.
    public func configuration(role: String) throws -> PostgresClient.Configuration {
        let whole = ["host", "admin", "migrator", "backup"].contains(role) ? "\(prefix)_\(role)" : prefix.handler(role)
        guard let password = passwords[whole] else { throw AppError(.internalError, "there is no role \(whole)") }
        var configuration = server
        configuration.user = whole
        configuration.password = password
        return configuration
    }

    /// How the superuser signs in to this database.
    public var superuser: PostgresClient.Configuration { server }

    /// A client that lives as long as the test.
    public func client(_ configuration: PostgresClient.Configuration) -> PostgresClient {
        let client = TestServer.client(configuration)
        clients.withLock { $0.append(client) }
        return client
    }

    /// A client of the superuser.
    public func superuserClient() -> PostgresClient { client(server) }

    /// A client of a role.
    public func client(role: String) throws -> PostgresClient { client(try configuration(role: role)) }

    /// Runs statements as the superuser.
    public func execute(_ script: String) async throws {
        try await TestServer.withClient(server) { try await $0.withConnection(deadline: .after(.seconds(60))) { try await $0.execute(script) } }
    }

    /// The rows of a statement as the superuser.
    public func query(_ sql: String, _ binds: [Bind] = []) async throws -> Rows {
        try await TestServer.withClient(server) {
            try await $0.withConnection(deadline: .after(.seconds(60))) { try await $0.query(sql, binds) }
        }
    }

    /// A signed context; by default a tenant's, valid for an hour. `expiry` fixes its end, for texts that are alike in every run.
    public func context(
        _ kind: SignedContext.Kind = .tenant, tenant: TenantID? = nil, user: UserID? = nil, role: Role? = .owner, handler: String,
        lifetime: Duration = .seconds(3600), expiry: Timestamp? = nil, key: SigningKey? = nil, attempt: Int = 0, invocation: UUID? = nil
    ) throws -> String {
        try SignedContext(
            kind: kind, tenant: tenant, user: user, role: role, handler: handler, attempt: attempt,
            expiry: expiry ?? TimeSource.system.now() + lifetime,
            invocation: InvocationID(invocation ?? UUID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0001))
        ).sign(with: key ?? self.key)
    }

    /// A new tenant, named by a number so that runs are alike. Its plan limits nothing unless another one is named.
    public func tenant(_ number: Int, plan: String = "enterprise") async throws -> TenantID {
        let id = TenantID(UUID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0000 | UInt64(number)))
        _ = try await query(
            "insert into tenancy.tenants (id, slug, name, plan) values ($1, $2, $3, $4)",
            [.id(id), .text("tenant-\(number)"), .text("Tenant \(number)"), .text(plan)])
        return id
    }
}
