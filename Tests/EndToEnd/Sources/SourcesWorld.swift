import Glibc
import Kernel
import Postgres
import TestSupport
import Testing

/// A gateway, a tenant with a business, and stand-ins of all providers on this machine.
struct SourcesWorld: Sendable {
    let host: RunningHost
    let member: Member
    let business: UUID
    let token: String
    /// Of the stand-in.
    let port: Int
    let environment: [String: String]

    static func run(_ body: (SourcesWorld) async throws -> Void) async throws {
        let (server, port) = try await start("provider_server.py")
        let environment = environment(ports: [port], provider: port)
        // Tenants that are there when a gateway starts have their timers at once.
        let member = try await Member.make(1)
        try await RunningHost.run(.init(environment: environment)) { host in
            try await body(try await make(host, port, environment, 1, member))
        }
        server.signal(SIGKILL)
    }

    static func environment(ports: [Int], provider: Int) -> [String: String] {
        let names = ["gdelt", "open_meteo", "open_meteo_archive", "geonames", "exchange_rates", "google_sheets"]
        return [
            "TENANTRY_OUTBOUND_ALLOW": "127.0.0.1/32", "TENANTRY_OUTBOUND_PORTS": ports.map(String.init).joined(separator: ","),
            "TENANTRY_PROVIDER_URLS": names.map { "\($0)=http://127.0.0.1:\(provider)" }.joined(separator: ","),
        ]
    }

    /// A program of the folder of servers, and where it listens.
    static func start(_ name: String, _ arguments: [String] = []) async throws -> (ChildProgram, Int) {
        try await Blocking.run {
            let server = try ChildProgram(
                "/usr/bin/python3", ["\(Environment.package)/Tests/Servers/\(name)"] + arguments, environment: ["PATH": "/usr/bin:/bin"])
            guard let port = server.line(containing: "listening on ")?.split(separator: " ").last.flatMap({ Int($0) }) else {
                throw AppError(.internalError, server.printed)
            }
            return (server, port)
        }
    }

    static func make(_ host: RunningHost, _ port: Int, _ environment: [String: String], _ number: Int = 1) async throws -> SourcesWorld {
        try await make(host, port, environment, number, try await Member.make(number))
    }

    private static func make(
        _ host: RunningHost, _ port: Int, _ environment: [String: String], _ number: Int, _ member: Member
    ) async throws -> SourcesWorld {
        SourcesWorld(
            host: host, member: member, business: try await member.business(number), token: try host.token(member), port: port,
            environment: environment)
    }

    /// The same world for another tenant.
    func other(_ number: Int = 2) async throws -> SourcesWorld { try await Self.make(host, port, environment, number) }

    func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }

    // MARK: sources

    func make(_ type: String, _ config: JSONObject, credentials: JSONObject? = nil, interval: Int? = 0, name: String? = nil) async throws
        -> HTTPAnswer
    {
        var body: JSONObject = [
            "business_id": .string("\(business)"), "name": .string(name ?? String("\(type) \(JSONValue.object(config))".suffix(190))),
            "type": .string(type), "config": .object(config),
        ]
        if let interval { body["interval_seconds"] = .integer(Int64(interval)) }
        if let credentials { body["credentials"] = .object(credentials) }
        return try await host.post("/data/sources", token: token, json: .object(body))
    }

    /// Makes a source that runs when asked alone; its id.
    func source(_ type: String, _ config: JSONObject, credentials: JSONObject? = nil) async throws -> String {
        let answer = try await make(type, config, credentials: credentials)
        guard answer.status == 201, let id = try answer.json["id"]?.string else { throw AppError(.internalError, "\(answer.status) \(answer.text)") }
        return id
    }

    func post(_ path: String) async throws -> HTTPAnswer { try await host.request("POST", path, token: token) }

    /// Runs a source and waits for the end; the run.
    @discardableResult
    func sync(_ id: String, within limit: Duration = .seconds(60)) async throws -> JSONValue {
        let before = try await runs(id).count
        let asked = try await post("/data/sources/\(id)/sync")
        guard asked.status == 202 else { throw AppError(.internalError, "\(asked.status) \(asked.text)") }
        return try await settled(id, more: before, within: limit)
    }

    func runs(_ id: String) async throws -> [JSONValue] { try await get("/data/sources/\(id)/runs")["runs"]?.array ?? [] }

    /// Waits until there are more runs than so many, and the newest is over.
    func settled(_ id: String, more: Int, within limit: Duration = .seconds(60)) async throws -> JSONValue {
        var last = JSONValue.null
        try await RunningHost.eventually("\(id) has run", within: limit) {
            let found = try await runs(id)
            last = found.first ?? .null
            return found.count > more && last["status"] != "running"
        }
        return last
    }

    func get(_ path: String) async throws -> JSONValue {
        let answer = try await host.get(path, token: token)
        guard answer.status == 200 else { throw AppError(.internalError, "GET \(path): \(answer.status) \(answer.text)") }
        return try answer.json
    }

    func show(_ id: String) async throws -> JSONValue? {
        try await get("/data/sources/\(business)")["sources"]?.array?.first { $0["id"]?.string == id }
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
        try await TestDatabase.current.query("select count(*) from \(table) where tenant_id = $1", [.id(member.tenant)])[0].int64(0)
    }

    // MARK: jobs

    /// Jobs of sources that have not ended.
    func pending(_ kind: String = "sync_source%") async throws -> Int64 {
        try await TestDatabase.current.query(
            "select count(*) from tenancy.jobs where tenant_id = $1 and kind like $2 and finished_at is null", [.id(member.tenant), .text(kind)])[0]
            .int64(0)
    }

    /// A source's next time is now.
    func bringForward(_ id: String) async throws {
        try await TestDatabase.current.execute(
            """
            update app.data_sources set next_run_at = now() where id = '\(id)';
            update tenancy.jobs set due_at = now() where unique_key = '\(id)' and status = 'scheduled'
            """)
    }

    /// Has a timer of the handler come to a time now.
    func fire(_ timer: String) async throws {
        // Tenants get their timers within a minute.
        try await RunningHost.eventually("the timer \(timer) is there", within: .seconds(90)) {
            try await post("/jobs/timers/sources/\(timer)/run").status == 200
        }
        try await RunningHost.eventually("the job of \(timer) has ended") { try await pending(timer) == 0 }
    }

    // MARK: the stand-in

    /// Tells it what comes next.
    func control(_ command: String, _ body: JSONValue) async throws {
        _ = try await send(command, body)
    }

    /// What it was asked so far, below a path.
    func asked(_ path: String) async throws -> Int {
        try await send("requests", [:])["requests"]?.array?.count { $0["path"]?.string?.hasPrefix(path) == true } ?? 0
    }

    private func send(_ command: String, _ body: JSONValue) async throws -> JSONValue {
        try await Blocking.run { [port] in
            let bytes = Array(body.description.utf8)
            let socket = try RawSocket(port: port)
            try socket.send(RunningHost.head("POST", "/_control/\(command)", length: bytes.count) + bytes)
            var reader = AnswerReader(socket)
            guard let answer = try reader.next(), answer.status == 200 else { throw AppError(.internalError, "the stand-in refuses \(command)") }
            return try answer.json
        }
    }
}
