import Kernel
import Logging
import Postgres
import Reactor
import Tenants

/// A sign-in to the database for the length of one command.
enum Session {
    /// Longest time for one command's work in the database, unless it says otherwise.
    static let limit: Duration = .seconds(60)

    /// Lends a client that signs in as the installer, and closes it afterwards.
    static func asInstaller<R>(_ settings: Settings, _ body: (PostgresClient) async throws -> R) async throws -> R {
        try await asInstaller(settings, connections: 2) { client, _ in try await body(client) }
    }

    static let logger = Logger(label: "tenantry.cli")

    /// The same with so many connections at most, and with the loop that they live on.
    static func asInstaller<R>(
        _ settings: Settings, connections: Int, _ body: (PostgresClient, Reactor) async throws -> R
    ) async throws -> R {
        try await run(try PostgresClient.Configuration(url: try settings.requireDatabaseURL()), connections: connections, body)
    }

    /// Lends a client that signs in as the host's role, whoever the URL names.
    static func asHost<R>(_ settings: Settings, _ body: (PostgresClient) async throws -> R) async throws -> R {
        try await signedIn(as: settings.prefix.host, settings, body)
    }

    /// Lends a client that signs in as a handler's role, whoever the URL names. Throws `NOT_FOUND` where the handler has none yet.
    static func asHandler<R>(_ name: String, _ settings: Settings, _ body: (PostgresClient) async throws -> R) async throws -> R {
        try await signedIn(as: settings.prefix.handler(name), settings, body)
    }

    private static func signedIn<R>(as role: String, _ settings: Settings, _ body: (PostgresClient) async throws -> R) async throws -> R {
        var configuration = try PostgresClient.Configuration(url: try settings.requireDatabaseURL(), user: role)
        configuration.user = role
        configuration.password = try Credentials.load(Credentials.hostFile(home: settings.home)).passwords[role]
        guard configuration.password != nil || role == settings.prefix.host else {
            throw AppError(.notFound, "the role \(role) has no password in \(settings.home) yet; run `tenantry migrate up`")
        }
        return try await run(configuration, connections: 2) { client, _ in try await body(client) }
    }

    private static func run<R>(
        _ configuration: PostgresClient.Configuration, connections: Int, _ body: (PostgresClient, Reactor) async throws -> R
    ) async throws -> R {
        var configuration = configuration
        configuration.applicationName = "tenantry-cli"
        configuration.maxConnections = connections
        let reactor = Reactor(name: "postgres")
        reactor.start()
        defer { reactor.stop() }
        let client = PostgresClient(configuration, reactor: reactor, logger: logger)
        do {
            let result = try await body(client, reactor)
            await client.shutdown()
            return result
        } catch {
            await client.shutdown()
            throw error
        }
    }
}
