import Kernel
import Postgres
import TestSupport
import Testing

/// A tenant with the test handler's jobs.
struct JobWorld {
    let host: RunningHost
    let member: Member
    let token: String

    static func make(_ host: RunningHost, _ number: Int = 1) async throws -> JobWorld {
        let member = try await Member.make(number)
        return JobWorld(host: host, member: member, token: try host.token(member))
    }

    /// Makes jobs; their ids.
    @discardableResult
    func enqueue(_ kind: String, _ more: JSONObject = [:], key: String? = nil) async throws -> [String] {
        let answer = try await ask(kind, more, key: key)
        guard answer.status == 200 else { throw AppError(.internalError, "\(answer.text)") }
        return try answer.json["ids"]?.array?.compactMap(\.string) ?? []
    }

    func ask(_ kind: String, _ more: JSONObject = [:], key: String? = nil) async throws -> HTTPAnswer {
        var body = more
        body["kind"] = .string(kind)
        let headers = [("content-type", "application/json")] + (key.map { [("Idempotency-Key", $0)] } ?? [])
        return try await host.request("POST", "/probe/jobs", token: token, headers: headers, body: Array(JSONValue.object(body).description.utf8))
    }

    /// The numbers of the tenant's entries with their texts.
    func entries() async throws -> [String] {
        try await TestDatabase.current.query("select number, text from probe.entries where tenant_id = $1 order by number", [.id(member.tenant)]).map
        {
            "\(try $0.int64(0)) \(try $0.text(1))"
        }
    }

    func insert(_ number: Int64) async throws {
        _ = try await TestDatabase.current.query("insert into probe.entries values ($1, $2, 'test')", [.id(member.tenant), .int64(number)])
    }

    /// `status/attempt` of a job.
    func state(_ id: String) async throws -> String {
        let rows = try await TestDatabase.current.query("select status || '/' || attempt from tenancy.jobs where id = $1::text::uuid", [.text(id)])
        return try rows.first?.text(0) ?? "gone"
    }

    func settled(_ id: String, within limit: Duration = .seconds(30)) async throws -> String {
        try await RunningHost.eventually("the job \(id) has ended", within: limit) {
            let state = try await state(id)
            return ["completed", "cancelled", "dead"].contains { state.hasPrefix($0) }
        }
        return try await state(id)
    }

    /// Codes of a job's failed attempts.
    func errors(_ id: String) async throws -> [String] {
        let rows = try await TestDatabase.current.query(
            "select e ->> 'code' from tenancy.jobs j, jsonb_array_elements(j.errors) e where j.id = $1::text::uuid", [.text(id)])
        return try rows.map { try $0.text(0) }
    }

    func count(_ condition: String) async throws -> Int64 {
        try await TestDatabase.current.query("select count(*) from tenancy.jobs where \(condition)")[0].int64(0)
    }
}
