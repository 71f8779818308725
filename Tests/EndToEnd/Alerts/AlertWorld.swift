import Kernel
import Postgres
import ServerPrograms
import TestSupport
import Testing

/// A gateway, a receiver of webhooks, and a tenant with a business whose metric `sales` has one value.
struct AlertWorld: Sendable {
    let host: RunningHost
    let member: Member
    let business: UUID
    let token: String
    let receiver: ServerProgram
    /// Where the receiver writes what it gets.
    let file: String

    static func run(_ body: @Sendable (AlertWorld) async throws -> Void) async throws {
        let member = try await Member.make(1)
        let business = try await member.business(1)
        let database = try TestDatabase.current
        let file = "\(database.home)/\(database.name)-webhooks.jsonl"
        let receiver = try await Blocking.run { try ServerProgram("webhook_receiver.py", [file]) }
        let environment = ["TENANTRY_OUTBOUND_ALLOW": "127.0.0.1/32", "TENANTRY_OUTBOUND_PORTS": "\(receiver.port)"]
        try await RunningHost.run(.init(environment: environment)) { host in
            let world = AlertWorld(host: host, member: member, business: business, token: try host.token(member), receiver: receiver, file: file)
            try await world.setSales(5)
            try await body(world)
        }
    }

    /// What was received: the path, the headers and the body.
    func received() throws -> [JSONValue] {
        guard File.exists(file) else { return [] }
        return try String(decoding: try File.read(file, limit: 64 << 20), as: UTF8.self).split(separator: "\n").map { try JSON.read(Array($0.utf8)) }
    }

    /// The types of what was received, in their order.
    func types() throws -> [String] {
        try received().map { try JSON.read(Array(($0["body"]?.string ?? "").utf8))["type"]?.string ?? "slack" }
    }

    /// The newest value of the metric from now on.
    func setSales(_ value: Double, metric: String = "sales") async throws {
        _ = try await TestDatabase.current.query(
            """
            with source as (
                insert into app.kpi_sources (tenant_id, id, business_id, name, type) values ($1, gen_random_uuid(), $2, $3, 'manual')
                on conflict (tenant_id, business_id, name) do update set unit = null returning id)
            insert into app.kpi_data (tenant_id, source_id, "timestamp", value)
            select $1, id, clock_timestamp() - interval '1 ms', $4 from source
            """, [.id(member.tenant), .uuid(business), .text(metric), .float8(value)])
    }

    func post(_ path: String, _ body: JSONValue = [:]) async throws -> HTTPAnswer { try await host.post(path, token: token, json: body) }

    func act(_ path: String) async throws -> HTTPAnswer { try await host.request("POST", path, token: token) }

    func get(_ path: String) async throws -> JSONValue {
        let answer = try await host.get(path, token: token)
        guard answer.status == 200 else { throw AppError(.internalError, "GET \(path): \(answer.status) \(answer.text)") }
        return try answer.json
    }

    /// A webhook to a path of the receiver: its id and its secret.
    func channel(_ path: String, name: String = "hook", type: String = "webhook", more: JSONObject = [:]) async throws -> (id: String, secret: String)
    {
        var body: JSONObject = ["name": .string(name), "type": .string(type), "url": .string("http://127.0.0.1:\(receiver.port)\(path)")]
        for member in more { body[member.name] = member.value }
        let answer = try await post("/notifications/channels", .object(body))
        guard answer.status == 201, let id = try answer.json["id"]?.string else { throw AppError(.internalError, "\(answer.status) \(answer.text)") }
        return (id, try answer.json["secret"]?.string ?? "")
    }

    /// An alert that fires while sales are above 10; its id.
    func alert(_ more: JSONObject = [:]) async throws -> String {
        var body: JSONObject = ["business_id": .string("\(business)"), "metric": "sales", "condition": "above", "threshold": 10]
        for member in more { body[member.name] = member.value }
        let answer = try await post("/dashboard/alerts", .object(body))
        guard answer.status == 201, let id = try answer.json["id"]?.string else { throw AppError(.internalError, "\(answer.status) \(answer.text)") }
        return id
    }

    /// Has the timer make its job now, and waits until nothing is evaluated any more.
    func evaluate() async throws {
        // A gateway that has just begun makes the timers first.
        try await eventually("the timer is there") { try await act("/jobs/timers/alerts/process_alerts/run").status == 200 }
        try await evaluated()
    }

    /// Waits until all jobs that evaluate have ended, but for those that are made for values that have just come and let some seconds pass.
    func evaluated() async throws {
        try await eventually("all is evaluated") {
            try await TestDatabase.current.query(
                "select from tenancy.jobs where handler = 'alerts' and finished_at is null and (status <> 'scheduled' or unique_key is null)"
            ).isEmpty
        }
    }

    func phase(_ alert: String) async throws -> String? {
        try await get("/dashboard/alerts/\(business)")["alerts"]?.array?.first { $0["id"]?.string == alert }?["phase"]?.string
    }

    func eventually(_ what: String, within limit: Duration = .seconds(60), _ holds: () async throws -> Bool) async throws {
        try await RunningHost.eventually(what, within: limit, holds)
    }
}
