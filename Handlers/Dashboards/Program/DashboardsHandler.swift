import HandlerKit

/// What a business user sees first: businesses, and the metrics of each.
@main struct DashboardsHandler: Handler {
    init(environment: HandlerEnvironment) {}

    var routes: [Route] {
        MetricsRoute.route
        NewsRoute.route
        ForecastsRoute.route
        AnomaliesRoute.route
        BusinessRoutes.routes
    }

    static var statements: [Statement] { MetricsSQL.all + NewsSQL.all + ForecastsSQL.all + BusinessesSQL.all }
}
