import HandlerKit

/// `GET /dashboard/overview`: of each business what is to be expected next and what is unusual now.
///
/// Businesses come in the order in which they were made; `after` is the last one of the page before. Of each there are the first ten forecasts by metric
/// and frequency, with the KPI's newest value and the next period's mean and bands (null where values have come for all that was forecast), and the open
/// ones among the newest fifty anomalies: those that are not yet more than a day older than their KPI's newest value.
enum OverviewRoute {
    static let route = Route.get(
        "/dashboard/overview", access: .bearer("dashboard:read"), summary: "Businesses with their next forecasts and what is unusual now"
    ) { (query: OverviewQuery, invocation: Invocation) async throws -> Response in
        let limit = query.limit ?? 20
        let rows = try await invocation.database.rows(OverviewSQL.page, .uuid(query.after ?? .zero), .int32(Int32(limit + 1)))
        return try rows.page("businesses", limit: limit)
    }
}

/// Which businesses are wanted.
struct OverviewQuery: Decodable, Sendable, Validated {
    let after: UUID?
    let limit: Int?

    func validate(_ issues: inout [AppError.Issue]) {
        issues.require((1...50).contains(limit ?? 1), "limit", "expected a whole number from 1 to 50")
    }
}
