import HandlerKit

/// The history of a source.
enum RunRoutes {
    @RoutesBuilder static var routes: [Route] {
        Route.get("/data/sources/{source_id}/runs", access: .bearer("data:read"), summary: "List the runs of a source, the newest first") {
            (query: RunsQuery, invocation: Invocation) async throws -> RunList in
            let limit = query.limit ?? 50
            let found = try await invocation.database.transaction([
                Call(SourcesSQL.content, [.uuid(query.id)]),
                Call(RunsSQL.list, [.uuid(query.id), .uuid(query.after ?? UUID(high: .max, low: .max)), .int64(Int64(limit + 1))]),
            ])
            guard !found[0].isEmpty else { throw SourceRoutes.missing }
            let runs = try found[1].prefix(limit).map { try RunRecord($0) }
            return RunList(runs: runs, next: found[1].count > limit ? runs.last?.id : nil)
        }
    }
}

/// Which runs are listed.
struct RunsQuery: Decodable, Sendable, Validated {
    let id: UUID
    let after: UUID?
    let limit: Int?

    enum CodingKeys: String, CodingKey {
        case after, limit
        case id = "source_id"
    }

    func validate(_ issues: inout [AppError.Issue]) {
        issues.require((1...500).contains(limit ?? 1), "limit", "expected a whole number from 1 to 500")
    }
}

/// One run, or one push.
struct RunRecord: Codable, Sendable {
    let id: UUID
    /// `schedule`, `manual` or `push`.
    let trigger: String
    /// `running`, `succeeded`, `partial` (something was brought before it failed), `failed` or `cancelled`.
    let status: String
    /// Questions that were asked, and those whose answer was there already.
    let requests: Int
    let requestsShared: Int
    let bytes: Int
    let records: Records
    /// Why it failed, for people: code and message.
    @OrNull var error: JSONValue?
    /// The first records that were left out, with the reason.
    let refusals: JSONValue
    let startedAt: Timestamp
    @OrNull var finishedAt: Timestamp?

    struct Records: Codable, Sendable {
        let read: Int
        let new: Int
        let changed: Int
        let unchanged: Int
        let duplicate: Int
        let refused: Int
    }

    enum CodingKeys: String, CodingKey {
        case id, trigger, status, requests, bytes, records, error, refusals
        case requestsShared = "requests_shared"
        case startedAt = "started_at"
        case finishedAt = "finished_at"
    }

    init(_ row: Row) throws {
        func count(_ column: Int) throws -> Int { Int(try row.int64(column)) }
        id = try row.uuid(0)
        trigger = try row.text(1)
        status = try row.text(2)
        requests = Int(try row.int32(3))
        requestsShared = Int(try row.int32(4))
        bytes = try count(5)
        records = Records(
            read: try count(6), new: try count(7), changed: try count(8), unchanged: try count(9), duplicate: try count(10), refused: try count(11))
        error = try row.optionalJSON(12).map { try JSON.read($0) }
        refusals = try row.optionalJSON(13).map { try JSON.read($0) } ?? []
        startedAt = try row.timestamp(14)
        finishedAt = try row.optionalTimestamp(15)
    }
}

struct RunList: Codable, Sendable {
    let runs: [RunRecord]
    /// What to pass as `after` for the next ones; null behind the last.
    @OrNull var next: UUID?
}
