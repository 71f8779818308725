import HandlerKit
import MetricSeries

/// `GET /dashboard/metrics/{business_id}`: the numbers behind a dashboard.
///
/// `from` is the first instant, `to` the first one behind the range, or the last day of it where it is a date alone. Without `from` the range begins 90
/// days before the newest point before `to`, so that figures of past years show, too. `bucket` is `raw` (every point; the default), `day`, `week` or
/// `month` in UTC, whose value is the mean. `metric` is the name of one source; without it all are answered, by name. At most 100,000 points or buckets:
/// beyond that 400, with the advice to narrow the range or take a larger bucket. 404 where the tenant has no such business.
enum MetricsRoute {
    static let route = Route.get(
        "/dashboard/metrics/{business_id}", access: .bearer("dashboard:read"), summary: "Metrics of a business: points or buckets, and aggregates"
    ) { (query: MetricsQuery, invocation: Invocation) async throws -> Response in
        .json(try await MetricsReader(query, invocation.database).answer().json())
    }
}
