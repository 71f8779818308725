import HandlerKit

/// `POST /dashboard/forecasts/{business_id}`: forecasts all KPIs of a business anew, whether their values have changed or not.
///
/// 202 with the job that does it; while one for the business has not ended it is that one. Counts each KPI against the plan's `forecasts_per_month`. 404
/// where the tenant has no such business.
enum RecomputeRoute {
    static let route = Route.post(
        "/dashboard/forecasts/{business_id}", access: .bearer("data:write"), summary: "Forecast the KPIs of a business anew", status: 202,
        body: .none,
        quota: [.forecasts]
    ) { (path: BusinessPath, invocation: Invocation) async throws -> Response in
        let answer = try await invocation.database.interactive { transaction in
            guard let found = try await transaction.rows(ForecastsSQL.count, .uuid(path.id)).first else {
                throw AppError(.notFound, "There is no such business")
            }
            let count = try found.int64(0)
            let job = try await transaction.batch([try ForecastJobs.call(invocation.jobs, path.id, all: true)])[0][0]
            let isNew = try job.bool(1)
            if isNew, count > 0 { _ = try await transaction.batch([invocation.consume(.forecasts, count)]) }
            return RecomputeAnswer(job: try job.uuid(0), isNew: isNew, kpis: count)
        }
        return try .json(answer, status: 202)
    }
}

struct BusinessPath: Decodable, Sendable {
    let id: UUID

    enum CodingKeys: String, CodingKey { case id = "business_id" }
}

struct RecomputeAnswer: Codable, Sendable {
    let job: UUID
    /// False where a job for the business had not ended.
    let isNew: Bool
    let kpis: Int64

    enum CodingKeys: String, CodingKey {
        case kpis
        case job = "job_id"
        case isNew = "is_new"
    }
}
