import Addresses
import Connectors
import HandlerKit
import Outbound

/// Sources that keep themselves fresh: what is pulled from where, and what other systems push.
@main struct SourcesHandler: Handler {
    private let parts: Result<Parts, AppError>

    init(environment: HandlerEnvironment) {
        parts = Result { () throws(AppError) in
            try Parts(SourceSettings.settings(environment.secret("source_settings")), environment.logger, environment.time)
        }
    }

    @RoutesBuilder var routes: [Route] {
        ConnectorRoutes.route
        SourceRoutes(parts: parts).routes
        RunRoutes.routes
        TestRoutes(parts: parts).routes
        PushRoute(parts: parts).route
        PlaceRoutes.route
    }

    var jobs: [Job] { SourceJobs(parts: parts).all }

    static var statements: [Statement] { SourcesSQL.all + RunsSQL.all + LandingSQL.all + ValuesSQL.all + SharedSQL.all + PushSQL.all }
}

/// What all routes share.
struct Parts: Sendable {
    let settings: SourceSettings
    let web: WebFetching
    let databases: QueryReader
    let large = LargeAnswers()
    let lanes = TenantLanes(most: 8)
    let trials = TenantLanes(most: 4)

    init(_ settings: SourceSettings, _ logger: Logger, _ time: TimeSource) throws(AppError) {
        self.settings = settings
        web = try WebFetching(settings.outbound)
        databases = try QueryReader(settings.outbound, logger: logger)
    }

    /// Credentials open for their source only.
    static func purpose(_ source: UUID) -> String { "source credentials\n\(source)" }

    /// Throws `VALIDATION_ERROR` where it is known already that nothing there may be reached.
    func check(_ connector: any Connector, _ config: ConnectorSettings) throws(AppError) {
        if connector is PostgresQuery {
            try databases.check(config)
        } else if connector.destination(config) != nil, let url = config.text("url") {
            try settings.outbound.check(try WebAddress(url, field: "config.url"), field: "config.url")
        }
    }
}
