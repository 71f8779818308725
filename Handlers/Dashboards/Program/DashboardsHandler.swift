import HandlerKit

/// What a business user sees first: businesses, and the metrics of each.
@main struct DashboardsHandler: Handler {
    init(environment: HandlerEnvironment) {}

    var routes: [Route] {
        OverviewRoute.route
        MetricsRoute.route
        NewsRoute.route
        ForecastsRoute.route
        AnomaliesRoute.route
        BusinessRoutes.routes
    }

    static var statements: [Statement] { OverviewSQL.all + MetricsSQL.all + NewsSQL.all + ForecastsSQL.all + BusinessesSQL.all }
}
