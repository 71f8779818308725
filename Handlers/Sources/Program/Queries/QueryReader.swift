import Addresses
import Connectors
import HandlerKit
import Postgres
import Reactor
import Synchronization

/// Reads rows of a query in a Postgres of a tenant's own, in a transaction that only reads, over a connection that is closed afterwards.
struct QueryReader: Sendable {
    private let rules: OutboundRules
    private let addresses: AddressGuard
    private let logger: Logger
    private let loop = Loop()

    /// A loop of their own, so that nothing that others answer takes the handler's time; it starts with the first query.
    private final class Loop: Sendable {
        private let reactor = Mutex<Reactor?>(nil)

        func started() -> Reactor {
            reactor.withLock { reactor in
                if let reactor { return reactor }
                let started = Reactor(name: "queries")
                started.start()
                reactor = started
                return started
            }
        }
    }

    /// The most rows of one query, their most bytes, and how many rows are handed on at once.
    static let mostRows = 50_000
    private static let mostBytes = 16 << 20
    private static let step = 1000
    /// How long a query may take.
    private static let patience: Duration = .seconds(120)
    private static let usualPort = 5432

    init(_ outbound: OutboundRules, logger: Logger) throws(AppError) {
        var rules = outbound
        if !rules.ports.contains(Self.usualPort) { rules.ports.append(Self.usualPort) }
        self.rules = rules
        addresses = try rules.guarding()
        self.logger = logger
    }

    /// Throws `VALIDATION_ERROR` where it is known already that nothing there may be reached.
    func check(_ config: ConnectorSettings) throws(AppError) { try rules.check(try PostgresQuery.address(config), field: "config.host") }

    /// Hands on rows. Throws ``PullFault``, and what the body throws.
    func read(
        _ config: ConnectorSettings, _ credentials: ConnectorSettings, deadline: Deadline, most: Int = Self.mostRows,
        _ body: (QueryRows) async throws -> Void
    ) async throws {
        let client = PostgresClient(configuration(config, credentials), reactor: loop.started(), logger: logger)
        do {
            try await read(PostgresQuery.statement(config), client, min(deadline, .after(Self.patience)), most, body)
        } catch {
            await client.shutdown(deadline: .after(.seconds(1)))
            if let error = error as? PostgresError { throw PullFault(error, config.text("host") ?? "") }
            throw error
        }
        await client.shutdown(deadline: .after(.seconds(1)))
    }

    private func configuration(_ config: ConnectorSettings, _ credentials: ConnectorSettings) -> PostgresClient.Configuration {
        var configuration = PostgresClient.Configuration(
            host: config.text("host") ?? "", port: config.integer("port") ?? Self.usualPort, user: config.text("user") ?? "",
            password: credentials.text("password"), database: config.text("database") ?? "")
        let tls = config.text("tls") ?? "require"
        configuration.parameters["sslmode"] = tls
        if tls == "verify-full" { configuration.parameters["sslrootcert"] = "/etc/ssl/certs/ca-certificates.crt" }
        configuration.permits = { [addresses] text in InternetAddress(text).map(addresses.allows) ?? false }
        configuration.applicationName = "tenantry source"
        configuration.maxConnections = 1
        configuration.connectTimeout = .seconds(10)
        return configuration
    }

    private func read(
        _ statement: String, _ client: PostgresClient, _ deadline: Deadline, _ most: Int, _ body: (QueryRows) async throws -> Void
    ) async throws {
        // Rows are gathered before they are stored: no transaction here waits for one there.
        var rows = QueryRows()
        var pages: [QueryRows] = []
        var bytes = 0
        try await client.withConnection(deadline: deadline) { own in
            try await own.begin()
            _ = try await own.query("set transaction read only")
            _ = try await own.query("set local search_path = \"$user\", public")
            var count = 0
            // Beside a list of columns nothing but one SELECT can stand there, and a second statement is refused by the protocol.
            for try await row in own.stream("select to_jsonb(q) from (\n\(statement)\n) as q limit \(most + 1)") {
                count += 1
                guard count <= most else {
                    rows.isCut = true
                    break
                }
                let text = try row.json(0)
                bytes += text.count
                guard bytes <= Self.mostBytes else {
                    throw PullFault(
                        .tooLarge, "The query gives more than \(Self.mostBytes >> 20) MB. Ask for less, for example for what is summed up already.")
                }
                if rows.texts.count == Self.step {
                    pages.append(rows)
                    rows = QueryRows()
                }
                rows.texts.append(text)
            }
            // Whoever sends more than was asked for may send without end: that connection is closed as it is.
            if !rows.isCut { try await own.rollback() }
            pages.append(rows)
        }
        for page in pages where !page.texts.isEmpty { try await body(page) }
    }
}

/// Rows of a query as they came, each the text of a JSON object with a member for each column.
struct QueryRows: Sendable {
    fileprivate(set) var texts: [[UInt8]] = []
    /// Whether there are more, which are left out.
    fileprivate(set) var isCut = false

    var bytes: Int { texts.reduce(0) { $0 + $1.count } }

    /// What they say.
    func page(_ config: ConnectorSettings) throws(PullFault) -> PullPage {
        var rows: [JSONValue] = []
        do throws(AppError) { for text in texts { rows.append(try JSON.read(text)) } } catch {
            throw PullFault(.wrongShape, "The rows of the query cannot be read.")
        }
        var page = try PostgresQuery.page(of: rows, config)
        if isCut { page.warning = "The query has more than \(QueryReader.mostRows) rows; the rest was left out." }
        return page
    }
}

extension PullFault {
    /// What a database that did not answer as asked means.
    fileprivate init(_ error: PostgresError, _ host: String) {
        switch error.code {
        case .notPermitted:
            self.init(.addressRefused, "\(host) is at an address inside a private network, which is not connected to.")
        case .timedOut: self.init(.timedOut, "The query on \(host) took too long. Ask for less, or for what is summed up already.")
        case .cancelled: self.init(.interrupted, "It was stopped before the query ended.")
        case .connectFailed, .connectionLost, .poolExhausted, .closed:
            switch error.sqlState?.prefix(2) {
            case "28": self.init(.notAllowed, "\(host) refuses the user or the password.")
            case "3D": self.init(.notFound, "\(host) has no database of this name.")
            case "53": self.init(.providerError, "\(host) has no connection free. It will be tried again.")
            default:
                self.init(.unreachable, "\(host) cannot be reached, or does not protect the connection as the settings ask. It will be tried again.")
            }
        case .server:
            switch error.sqlState ?? "" {
            case "42501": self.init(.notAllowed, "The user may not read what the query asks for (42501).")
            case "25006": self.init(.rejected, "The query would change something; only reading is allowed (25006).")
            case "57014": self.init(.timedOut, "The query on \(host) took too long (57014). Ask for less.")
            case let state where state.hasPrefix("42") || state.hasPrefix("0A"):
                self.init(.rejected, "The database does not understand the query (\(state)). Check its names and its form.")
            case let state: self.init(.providerError, "The database reports an error (\(state)).")
            }
        default: self.init(.wrongShape, "The rows of the query cannot be read.")
        }
    }
}
