import HandlerKit

/// `GET /dashboard/forecasts/{business_id}`: what the KPIs of a business are likely to be, with bands, components and how good the models were.
///
/// By metric and frequency; a KPI of hours is forecast by the hour and by the day. `after` is the last forecast of the page before. 404 where the tenant
/// has no such business.
enum ForecastsRoute {
    static let route = Route.get(
        "/dashboard/forecasts/{business_id}", access: .bearer("dashboard:read"), summary: "Forecasts of a business's KPIs, with bands and components"
    ) { (query: ForecastsQuery, invocation: Invocation) async throws -> Response in
        let limit = query.limit ?? 50
        let found = try await invocation.database.transaction([
            Call(MetricsSQL.business, [.uuid(query.business)]),
            Call(
                ForecastsSQL.forecasts,
                [
                    .uuid(query.business), .optional(query.metric, Bind.text), .optional(query.frequency, Bind.text),
                    .optional(query.after, Bind.uuid), .int32(Int32(limit + 1)),
                ]),
        ])
        guard !found[0].isEmpty else { throw AppError(.notFound, "There is no such business") }
        return try found[1].page("forecasts", limit: limit)
    }
}

/// Which forecasts are wanted.
struct ForecastsQuery: Decodable, Sendable, Validated {
    let business: UUID
    let metric: String?
    let frequency: String?
    let after: UUID?
    let limit: Int?

    enum CodingKeys: String, CodingKey {
        case metric, frequency, after, limit
        case business = "business_id"
    }

    static let frequencies = ["hourly", "daily", "business_daily", "weekly", "monthly", "quarterly", "yearly"]

    func validate(_ issues: inout [AppError.Issue]) {
        issues.requireLength(metric, "metric", 1...200)
        issues.require(
            frequency.map(Self.frequencies.contains) ?? true, "frequency", "expected one of \(Self.frequencies.joined(separator: ", "))")
        issues.require((1...200).contains(limit ?? 1), "limit", "expected a whole number from 1 to 200")
    }
}

extension Rows {
    /// Rows of JSON and an id as the members of an object, with the id behind which the next page begins.
    func page(_ name: String, limit: Int) throws -> Response {
        var bytes = Array("{\"\(name)\":[".utf8)
        for (place, row) in prefix(limit).enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            try row.withBytes(0) { cell in bytes += cell ?? UnsafeRawBufferPointer(start: nil, count: 0) }
        }
        let next = count > limit ? "\"\(try self[limit - 1].uuid(1))\"" : "null"
        bytes += Array("],\"next\":\(next)}".utf8)
        return .json(bytes)
    }
}
