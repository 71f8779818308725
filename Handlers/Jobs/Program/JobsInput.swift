import HandlerKit

/// Which jobs are listed.
struct JobListQuery: Decodable, Sendable, Validated {
    let status: String?
    let handler: String?
    /// The last id of the page before.
    let after: UUID?
    let limit: Int?

    static let statuses = ["scheduled", "waiting", "queued", "paused", "running", "completed", "cancelled", "dead"]

    func validate(_ issues: inout [AppError.Issue]) {
        issues.require(status.map(Self.statuses.contains) ?? true, "status", "expected one of \(Self.statuses.joined(separator: ", "))")
        issues.require((1...500).contains(limit ?? 50), "limit", "expected 1 to 500")
    }

    /// One more than is shown, to know whether there is a next page.
    var binds: [Bind] {
        [
            .optional(status, Bind.text), .optional(handler, Bind.text), .uuid(after ?? UUID(high: .max, low: .max)),
            .int32(Int32((limit ?? 50) + 1)),
        ]
    }
}

struct JobPath: Decodable, Sendable {
    let id: UUID

    enum CodingKeys: String, CodingKey { case id = "job_id" }
}

struct TenantJobListQuery: Decodable, Sendable, Validated {
    let tenant: UUID
    let status: String?
    let handler: String?
    let after: UUID?
    let limit: Int?

    enum CodingKeys: String, CodingKey {
        case status, handler, after, limit
        case tenant = "tenant_id"
    }

    var list: JobListQuery { JobListQuery(status: status, handler: handler, after: after, limit: limit) }
    func validate(_ issues: inout [AppError.Issue]) { list.validate(&issues) }
}

struct TenantJobPath: Decodable, Sendable {
    let tenant: UUID
    let id: UUID

    enum CodingKeys: String, CodingKey {
        case tenant = "tenant_id"
        case id = "job_id"
    }
}

struct TimerPath: Decodable, Sendable {
    let handler: String
    let timer: String
}

struct OccurrenceQuery: Decodable, Sendable, Validated {
    let handler: String
    let timer: String
    /// Only times before.
    let before: Timestamp?
    let limit: Int?

    func validate(_ issues: inout [AppError.Issue]) { issues.require((1...500).contains(limit ?? 50), "limit", "expected 1 to 500") }
}

struct UpcomingQuery: Decodable, Sendable, Validated {
    let handler: String
    let timer: String
    let count: Int?
    /// From when on; now unless given.
    let after: Timestamp?

    func validate(_ issues: inout [AppError.Issue]) { issues.require((1...1000).contains(count ?? 10), "count", "expected 1 to 1000") }
}
