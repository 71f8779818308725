import Kernel
public import Postgres
public import Tenants

/// A database with nothing in it and a roles' prefix that nobody uses, for tests of installing itself.
public struct EmptyDatabase: Sendable {
    public let name: String
    public let prefix: RolePrefix
    /// A folder for the roles' passwords.
    public let home: String
    /// Whoever installs: the superuser, or the role of `withoutSuperuser`.
    public let installer: PostgresClient.Configuration
    /// The server's superuser, in this database.
    public let superuser: PostgresClient.Configuration

    /// Makes one, lends it, and drops it with its roles.
    ///
    /// `withoutSuperuser` makes an installer that may create roles and owns the database, but is no superuser, as on a managed server.
    public static func with<R>(withoutSuperuser: Bool = false, _ body: (EmptyDatabase) async throws -> R) async throws -> R {
        try await CopyLimit.shared.run {
            let server = try TestServer.configuration()
            let word = Leftovers.name()
            guard let prefix = RolePrefix(word) else { throw AppError(.internalError, "\(word) is no prefix") }
            var superuser = server
            superuser.database = "tenantry_test_\(word)"
            var installer = superuser
            if withoutSuperuser {
                installer.user = "\(word)_installer"
                installer.password = word
            }
            let database = EmptyDatabase(
                name: superuser.database, prefix: prefix, home: "/tmp/tenantry-test-\(word)", installer: installer, superuser: superuser)
            return try await TestServer.withClient(server) { client in
                try await client.withConnection(deadline: .after(.seconds(60))) { connection in
                    if withoutSuperuser {
                        try await connection.execute("create role \(installer.user) login createrole createdb password '\(word)'")
                        try await connection.execute("create database \(database.name) owner \(installer.user)")
                    } else {
                        try await connection.execute("create database \(database.name)")
                    }
                }
                let result: Result<R, any Error>
                do { result = .success(try await body(database)) } catch { result = .failure(error) }
                try await client.withConnection(deadline: .after(.seconds(60))) { connection in
                    try await connection.execute("drop database \(database.name) with (force)")
                    for row in try await connection.query("select rolname::text from pg_roles where starts_with(rolname, $1)", [.text(word)]) {
                        try await connection.execute("drop role \(try row.text(0))")
                    }
                }
                return try result.get()
            }
        }
    }

    /// Lends a client of the installer.
    public func withClient<R>(_ body: (PostgresClient) async throws -> R) async throws -> R {
        try await TestServer.withClient(installer, body)
    }
}
