import HandlerKit

/// Rules over metrics: kept, tried on the past, evaluated slot by slot, and told of when they fire.
@main struct AlertsHandler: Handler {
    init(environment: HandlerEnvironment) {}

    var routes: [Route] {
        AlertRoutes.routes
        PreviewRoute.route
        ActionRoutes.routes
        HistoryRoute.route
        RetainRoute.route
    }

    var jobs: [Job] { ProcessAlerts.job }

    static var statements: [Statement] { AlertsSQL.all + EvaluationSQL.all + TellingSQL.all + RetainSQL.all + [AuditSQL.append] }
}
