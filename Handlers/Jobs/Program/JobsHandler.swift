import HandlerKit

/// Shows people their jobs and timers and lets them steer them. Jobs themselves run in the handlers that made them.
@main struct JobsHandler: Handler {
    init(environment: HandlerEnvironment) {}

    @RoutesBuilder var routes: [Route] {
        JobRoutes.routes
        TimerRoutes.routes
        OperatorRoutes.routes
    }

    static var statements: [Statement] { JobsSQL.catalogue }
}
