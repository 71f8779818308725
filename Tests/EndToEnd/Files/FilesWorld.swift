import Kernel
import Postgres
import TestSupport
import Testing

/// A tenant with a business, and its files as a client sees them.
struct FilesWorld: Sendable {
    let host: RunningHost
    let member: Member
    let business: UUID
    let token: String

    static func make(_ host: RunningHost, _ number: Int = 1) async throws -> FilesWorld {
        let member = try await Member.make(number)
        return FilesWorld(host: host, member: member, business: try await member.business(number), token: try host.token(member))
    }

    /// Sends a file without a business, so that it is kept.
    func upload(_ text: String, name: String = "file.csv", query: String = "") async throws -> HTTPAnswer {
        try await upload(Array(text.utf8), name: name, query: query)
    }

    func upload(_ bytes: [UInt8], name: String = "file.csv", query: String = "") async throws -> HTTPAnswer {
        try await host.request(
            "POST", "/files/upload?file_name=\(name)\(query)", token: token, headers: [("content-type", "application/octet-stream")], body: bytes)
    }

    /// Sends a file and waits until it was read; what it is then.
    func read(_ text: String, name: String = "file.csv", query: String = "") async throws -> JSONValue {
        let answer = try await upload(text, name: name, query: query)
        guard answer.status == 202, let id = try answer.json["id"]?.string else { throw AppError(.internalError, "\(answer.status) \(answer.text)") }
        return try await settled("/files/\(id)")
    }

    /// Waits until a file or an import is neither pending nor processing.
    func settled(_ path: String, within limit: Duration = .seconds(60)) async throws -> JSONValue {
        var last = JSONValue.null
        try await RunningHost.eventually("\(path) is over", within: limit) {
            last = try await get(path)
            return !["pending", "processing"].contains(last["status"]?.string)
        }
        return last
    }

    func get(_ path: String) async throws -> JSONValue {
        let answer = try await host.get(path, token: token)
        guard answer.status == 200 else { throw AppError(.internalError, "GET \(path): \(answer.status) \(answer.text)") }
        return try answer.json
    }

    /// Imports a file and waits for the end.
    func runImport(_ file: JSONValue, _ body: JSONObject) async throws -> JSONValue {
        let answer = try await host.post("/files/\(file["id"]?.string ?? "")/import", token: token, json: .object(body))
        guard answer.status == 202, let id = try answer.json["id"]?.string else { throw AppError(.internalError, "\(answer.status) \(answer.text)") }
        return try await settled("/imports/\(id)")
    }

    func undo(_ done: JSONValue) async throws -> HTTPAnswer {
        try await host.request("POST", "/imports/\(done["id"]?.string ?? "")/undo", token: token)
    }

    /// All values of the tenant: `name time value`, in order.
    func values() async throws -> [String] {
        try await TestDatabase.current.query(
            """
            select s.name, to_char(d."timestamp" at time zone 'UTC', 'YYYY-MM-DD'), d.value from app.kpi_data d
            join app.kpi_sources s on s.tenant_id = d.tenant_id and s.id = d.source_id
            where d.tenant_id = $1 order by s.name, d."timestamp"
            """, [.id(member.tenant)]
        ).map { "\(try $0.text(0)) \(try $0.text(1)) \(try $0.float8(2))" }
    }

    func count(_ table: String) async throws -> Int64 {
        try await TestDatabase.current.query("select count(*) from \(table)")[0].int64(0)
    }

    /// A table of days with a number each, clean but for its semicolons.
    static func days(_ days: Range<Int>, factor: Int = 1) -> String {
        var text = "day;sales\n"
        for day in days { text += "\(Timestamp(seconds: Int64(18_000 + day) * 86_400).description.prefix(10));\(day * factor)\n" }
        return text
    }

    /// The mapping of ``days(_:factor:)``.
    var mapping: JSONValue {
        ["layout": "wide", "time_column": "day", "business_id": .string("\(business)"), "metrics": [["column": "sales"]]]
    }
}
