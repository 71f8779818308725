import Kernel
import Logging
public import Postgres
public import Reactor
import Tenants

/// The Postgres server that the suites may fill and empty, from `TENANTRY_TEST_DATABASE_URL`.
public enum TestServer {
    /// Whether there is one. Suites that need it are skipped otherwise.
    public static var isConfigured: Bool { Environment["TENANTRY_TEST_DATABASE_URL"] != nil }

    /// Its superuser, in the database of the URL.
    ///
    /// Throws unless it is on this machine: a suite must never drop databases elsewhere by mistake.
    public static func configuration() throws -> PostgresClient.Configuration {
        guard let url = Environment["TENANTRY_TEST_DATABASE_URL"] else {
            throw AppError(.internalError, "set TENANTRY_TEST_DATABASE_URL, or run infra/test")
        }
        let configuration = try PostgresClient.Configuration(url: url)
        guard configuration.host.hasPrefix("/") || ["localhost", "127.0.0.1", "::1"].contains(configuration.host) else {
            throw AppError(.internalError, "TENANTRY_TEST_DATABASE_URL names \(configuration.host); expected a Unix socket or this machine")
        }
        return configuration
    }

    /// The loop of all clients of all suites.
    public static let reactor: Reactor = {
        let reactor = Reactor(name: "test-database")
        reactor.start()
        return reactor
    }()

    static let logger: Logger = {
        var logger = Logger(label: "test-database")
        logger.logLevel = .critical
        return logger
    }()

    /// A client on the suites' loop.
    public static func client(_ configuration: PostgresClient.Configuration) -> PostgresClient {
        PostgresClient(configuration, reactor: reactor, logger: logger)
    }

    /// Runs a body with a client and shuts it down.
    public static func withClient<R>(_ configuration: PostgresClient.Configuration, _ body: (PostgresClient) async throws -> R) async throws -> R {
        let client = client(configuration)
        do {
            let result = try await body(client)
            await client.shutdown()
            return result
        } catch {
            await client.shutdown()
            throw error
        }
    }
}
