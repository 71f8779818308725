import HandlerKit

/// `GET /users/usage`: what the tenant used, by day or month.
struct UsageRoute: Sendable {
    /// The most periods of one answer: 400 days, or 33 years of months.
    static let most = 400

    var route: Route {
        Route.get("/users/usage", access: .bearer("billing:read"), summary: "What the tenant used, by day or month") {
            (input: UsageInput, invocation: Invocation) async throws -> UsageHistory in
            let step = input.step ?? .day
            let end = input.to ?? invocation.time.now()
            let start = input.from ?? end - .seconds(86_400 * (step == .day ? 30 : 365))
            guard start < end else { throw AppError.invalid("to", "expected a time behind `from`") }
            guard (end - start).components.seconds <= Int64(Self.most) * (step == .day ? 86_400 : 31 * 86_400) else {
                throw AppError.invalid("from", "expected at most \(Self.most) \(step.rawValue)s in front of `to`")
            }
            let rows = try await invocation.database.rows(SubscriptionsSQL.usage, .text(step.rawValue), .timestamp(start), .timestamp(end))
            return UsageHistory(step: step, periods: try rows.map { try UsedPeriod($0) })
        }
    }
}

struct UsageInput: Decodable, Sendable {
    enum Step: String, Codable, Sendable, CaseIterable {
        case day, month
    }

    /// Defaults to `day`.
    let step: Step?
    /// Defaults to 30 days, or a year, in front of `to`.
    let from: Timestamp?
    /// Defaults to now.
    let to: Timestamp?
}

struct UsageHistory: Encodable, Sendable {
    let step: UsageInput.Step
    /// The oldest first; periods in which nothing was used are left out.
    let periods: [UsedPeriod]
}

/// The sums of one day or month of UTC.
struct UsedPeriod: Encodable, Sendable {
    let start: Timestamp
    let calls: Int64
    let jobs: Int64
    let errors: Int64
    /// Milliseconds of a processor, rounded down.
    let cpuMilliseconds: Int64
    let databaseMilliseconds: Int64
    let rows: Int64
    let databaseBytes: Int64
    let requestBytes: Int64
    let answerBytes: Int64

    enum CodingKeys: String, CodingKey {
        case start, calls, jobs, errors, rows
        case cpuMilliseconds = "cpu_ms"
        case databaseMilliseconds = "database_ms"
        case databaseBytes = "database_bytes"
        case requestBytes = "request_bytes"
        case answerBytes = "answer_bytes"
    }

    init(_ row: Row) throws {
        start = try row.timestamp(0)
        calls = try row.int64(1)
        jobs = try row.int64(2)
        errors = try row.int64(3)
        cpuMilliseconds = try row.int64(4) / 1000
        databaseMilliseconds = try row.int64(5) / 1000
        rows = try row.int64(6)
        databaseBytes = try row.int64(7)
        requestBytes = try row.int64(8)
        answerBytes = try row.int64(9)
    }
}
