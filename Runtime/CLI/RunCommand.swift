import ArgumentParser
import Host
import Kernel
import Logging
import Manifest
import Postgres
import ServiceLifecycle
import Tenants
import UnixSignals

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Serve: start the gateway and the handlers' processes. Stops cleanly on SIGINT and SIGTERM.")

    @Option(help: "Where to listen, host:port; TENANTRY_ADDRESS unless given. Port 0 lets the system choose.") var address: String?

    func run() async throws {
        try await Outcome.of {
            try GatewayProcess.harden()
            let settings = try Settings(address: address).forgettingSignIn()
            let logger = try Self.bootstrap(settings)
            try await Self.lint(settings, logger)
            if settings.admission.hosts.isEmpty, !["127.0.0.1", "::1", "localhost"].contains(settings.host) {
                logger.warning("TENANTRY_HOSTS is not set: requests for any host are taken", metadata: .keys([.path: "\(settings.host)"]))
            }
            let host = try await Host(try Self.hostSettings(settings), logger: logger) { port in
                Output.line("listening on \(settings.tls == nil ? "http" : "https")://\(settings.host):\(port)")
            }
            Output.line("database connections at most: \(host.budget) = \(host.budget.total)")
            var configuration = ServiceGroupConfiguration(
                services: host.services.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
            // Requests, then processes, then the rest: each has a limit of its own, this one is for what nobody thought of.
            configuration.maximumGracefulShutdownDuration = settings.shutdownTime + .seconds(20)
            configuration.maximumCancellationDuration = .seconds(5)
            try await ServiceGroup(configuration: configuration).run()
        }
    }

    private static func bootstrap(_ settings: Settings) throws -> Logger {
        guard let level = Logger.Level(rawValue: settings.logLevel) else {
            throw AppError.invalid(
                "TENANTRY_LOG_LEVEL", "expected one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")); got \(settings.logLevel)")
        }
        LoggingSystem.bootstrap { JSONLogHandler(label: $0, level: level) }
        return Logger(label: "tenantry.host")
    }

    /// The walls must stand before anything is served. The host's role sees all that the rules ask, so the installer need not sign in.
    private static func lint(_ settings: Settings, _ logger: Logger) async throws {
        let report = try await Session.asHost(settings) { client in
            try await Linter(client: client, prefix: settings.prefix).run(deadline: .after(Session.limit))
        }
        let refusals = report.refusals(accepting: settings.accepted)
        for finding in report.findings {
            logger.warning("\(finding.id)", metadata: .keys([.reason: "\(finding.gain)", .path: "\(finding.object)"]))
        }
        guard refusals.isEmpty else {
            throw AppError(
                .forbidden, "the walls between tenants do not stand; `tenantry lint` says how to mend them",
                issues: refusals.map { AppError.Issue(field: $0.id, issue: "\($0.object): \($0.gain)") })
        }
    }

    private static func hostSettings(_ settings: Settings) throws -> HostSettings {
        var host = HostSettings(
            home: settings.home, databaseURL: try settings.requireDatabaseURL(),
            passwords: try Credentials.load(Credentials.hostFile(home: settings.home)).passwords,
            handlers: try settings.manifests(), programs: Programs.folder)
        (host.host, host.port) = (settings.host, settings.port)
        host.readHandlers = { try settings.manifests() }
        host.readPasswords = { try Credentials.load(Credentials.hostFile(home: settings.home)).passwords }
        host.rolePrefix = settings.prefix.description
        host.loops = settings.loops
        host.tokenAlgorithm = settings.tokenAlgorithm
        host.admission = settings.admission
        host.tls = settings.tls
        host.clearHTTP2 = settings.clearHTTP2
        host.limits.connectionsPerAddress = settings.connectionsPerAddress
        host.sandbox = settings.sandbox
        host.masterKeyCommand = settings.masterKeyCommand
        host.outside = settings.outside
        host.objects = settings.objects
        host.shutdownTime = settings.shutdownTime
        host.jobsAtOnce = settings.jobsAtOnce
        host.sealInterval = settings.sealInterval
        host.limits.drain = settings.shutdownTime
        host.logRequests = settings.logsRequests
        host.logLevel = settings.logLevel
        return host
    }
}
