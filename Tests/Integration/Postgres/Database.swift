import Glibc
import Kernel
import Logging
import Postgres
import Reactor
import Testing

/// A loop and a client for one test, on the cluster that the run was given.
struct Database {
    static let url = getenv("TENANTRY_TEST_DATABASE_URL").map { String(cString: $0) }

    let client: PostgresClient
    let reactor: Reactor

    /// Runs a body with a client of its own, by default on the loop's thread as a handler would.
    static func with<R: Sendable>(
        connections: Int = 4, onLoop: Bool = true, configuration: PostgresClient.Configuration? = nil,
        change: (inout PostgresClient.Configuration) -> Void = { _ in },
        _ body: @Sendable (Database) async throws -> R
    ) async throws -> R {
        var configuration = try configuration ?? PostgresClient.Configuration(url: try #require(url, "TENANTRY_TEST_DATABASE_URL is not set"))
        configuration.maxConnections = connections
        change(&configuration)
        let reactor = Reactor(name: "test-postgres")
        reactor.start()
        let database = Database(
            client: PostgresClient(configuration, reactor: reactor, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }), reactor: reactor
        )
        let outcome: Result<R, any Error>
        do {
            let result = onLoop ? try await withTaskExecutorPreference(reactor) { try await body(database) } : try await body(database)
            outcome = .success(result)
        } catch {
            outcome = .failure(error)
        }
        await database.client.shutdown()
        reactor.stop()
        return try outcome.get()
    }

    /// One statement in a segment of its own.
    func run(_ statement: Statement, _ binds: [Bind] = [], within limit: Duration = .seconds(20)) async throws -> Rows {
        try await client.run(Segment([Call(statement, binds)]), deadline: .after(limit))[0]
    }

    /// Runs SQL that a test needs around its subject, on a connection of its own.
    func setUp(_ script: String) async throws {
        try await client.withConnection(deadline: .after(.seconds(20))) { try await $0.execute(script) }
    }
}

/// Statements that several suites use.
enum Probe {
    static let one = Statement("probe.one", "select 1::bigint", cost: .short)
    static let pid = Statement("probe.pid", "select pg_backend_pid()::bigint", cost: .short)
    static let sleep = Statement("probe.sleep", "select 1::bigint from pg_sleep($1)")
    static let shortSleep = Statement("probe.short_sleep", "select 1::bigint from pg_sleep($1 + 0)", cost: .short)
    static let held = Statement("probe.held", "select 1::bigint from pg_advisory_xact_lock_shared($1)", cost: .short)
    static let divide = Statement("probe.divide", "select 1 / $1::bigint", cost: .short)
    static let terminate = Statement("probe.terminate", "select pg_terminate_backend($1::integer)")
    static let isRunning = Statement(
        "probe.running", "select count(*) from pg_stat_activity where state = 'active' and pid <> pg_backend_pid() and application_name = $1")
    static let backends = Statement(
        "probe.backends", "select count(*) from pg_stat_activity where pid <> pg_backend_pid() and application_name = $1")
}

/// Holds a lock for which ``Probe/held`` waits, so that a test says itself when a statement ends.
struct Gate: Sendable {
    private let own: OwnConnection
    private let key: Int64

    /// The bind for ``Probe/held``.
    var bind: Bind { .int64(key) }

    /// Runs a body while the gate is closed.
    static func closed<R: Sendable>(_ body: @Sendable (Gate) async throws -> R) async throws -> R {
        try await Database.with(onLoop: false, change: { $0.applicationName = "gate" }) { database in
            try await database.client.withConnection(deadline: .after(.seconds(60))) { own in
                let gate = Gate(own: own, key: Int64.random(in: 0...Int64.max))
                _ = try await own.query("select pg_advisory_lock($1)", [gate.bind])
                return try await body(gate)
            }
        }
    }

    /// Lets those who wait go on.
    func open() async throws { _ = try await own.query("select pg_advisory_unlock($1)", [bind]) }
}

/// What a body threw, if it was the client's error.
func postgresError(_ body: () async throws -> Void) async -> PostgresError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? PostgresError
    }
}
