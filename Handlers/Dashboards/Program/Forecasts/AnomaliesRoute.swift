import HandlerKit

/// `GET /dashboard/anomalies/{business_id}`: values of a business's KPIs that were unusual, the newest first, each with what was expected and a sentence.
///
/// Without `from` all of them are there; `to` is the first instant behind the range, or the last day of it. `severity` is the least one. `after` is the
/// last one of the page before. 404 where the tenant has no such business.
enum AnomaliesRoute {
    static let route = Route.get(
        "/dashboard/anomalies/{business_id}", access: .bearer("dashboard:read"), summary: "Unusual values of a business's KPIs, the newest first"
    ) { (query: AnomaliesQuery, invocation: Invocation) async throws -> Response in
        let limit = query.limit ?? 100
        let severities = AnomaliesQuery.severities.drop { $0 != query.severity ?? "low" }
        let found = try await invocation.database.transaction([
            Call(MetricsSQL.business, [.uuid(query.business)]),
            Call(
                ForecastsSQL.anomalies,
                [
                    .uuid(query.business), .timestamp(query.from ?? earliest), .timestamp(query.to?.instant ?? Timestamp(microseconds: .max)),
                    .optional(query.metric, Bind.text), .texts(Array(severities)), .optional(query.after, Bind.uuid), .int32(Int32(limit + 1)),
                ]),
        ])
        guard !found[0].isEmpty else { throw AppError(.notFound, "There is no such business") }
        return try found[1].page("anomalies", limit: limit)
    }

    private static let earliest = Timestamp(seconds: -62_135_596_800)
}

/// Which unusual values are wanted.
struct AnomaliesQuery: Decodable, Sendable, Validated {
    let business: UUID
    let from: Timestamp?
    let to: RangeEnd?
    let metric: String?
    let severity: String?
    let after: UUID?
    let limit: Int?

    enum CodingKeys: String, CodingKey {
        case from, to, metric, severity, after, limit
        case business = "business_id"
    }

    /// From the least on.
    static let severities = ["low", "medium", "high"]

    func validate(_ issues: inout [AppError.Issue]) {
        if let from, let to { issues.require(from < to.instant, "to", "expected a time after `from`") }
        issues.requireLength(metric, "metric", 1...200)
        issues.require(severity.map(Self.severities.contains) ?? true, "severity", "expected low, medium or high")
        issues.require((1...500).contains(limit ?? 1), "limit", "expected a whole number from 1 to 500")
    }
}
