import Kernel
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The host's own routes", .testDatabase) struct HostRoutes {
        @Test("health, readiness, version and capabilities answer under every name") func own() async throws {
            try await RunningHost.run { host in
                for path in ["/health", "/api/v1/health"] {
                    let answer = try await host.get(path)
                    #expect(answer.status == 200)
                    #expect(try answer.json == ["status": "ok"])
                }
                let version = try await host.get("/api/version")
                #expect(version.status == 200)
                #expect(try version.json["name"] == "tenantry")
                #expect(try await host.get("/version").body == version.body)
                let capabilities = try await host.get("/api/capabilities")
                #expect(try capabilities.json["handlers"]?.array?.contains { $0["name"] == "probe" } == true)
                #expect(try await host.get("/capabilities").body == capabilities.body)
                try await host.eventually("ready") { try await host.get("/health/ready").status == 200 }
            }
        }

        @Test("request ids: a plain one is taken over, any other is replaced") func requestIDs() async throws {
            try await RunningHost.run { host in
                #expect(try await host.get("/health", headers: [("X-Request-ID", "my-id.7")])["x-request-id"] == "my-id.7")
                let made = try await host.get("/health", headers: [("X-Request-ID", "a b")])["x-request-id"]
                #expect(made.flatMap { UUID($0) } != nil)
                let error = try await host.get("/nothing", headers: [("X-Request-ID", "err-1")])
                #expect(try error.json["error"]?["request_id"] == "err-1")
            }
        }

        @Test("an answer says where its time went") func timing() async throws {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let answer = try await host.get("/probe/entries", token: host.token(member))
                #expect(answer.status == 200)
                let timing = answer["server-timing"] ?? ""
                for part in ["auth;dur=", "queue;dur=", "handler;dur=", "db;dur=", "total;dur="] { #expect(timing.contains(part), "\(timing)") }
                #expect(answer["x-process-time"].flatMap { Double($0) } != nil)
            }
        }

        @Test("several loops serve as one does") func loops() async throws {
            let member = try await Member.make()
            try await RunningHost.run(.init(environment: ["TENANTRY_LOOPS": "3"])) { host in
                let token = try host.token(member)
                let body = [UInt8](repeating: 7, count: 300_000)
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    for number in 0..<24 {
                        group.addTask {
                            switch number % 3 {
                            case 0: try await host.get("/probe/entries", token: token).status == 200
                            case 1:
                                try await host.request("POST", "/probe/echo/bytes", token: token, headers: [("content-type", "a/b")], body: body).body
                                    == body
                            default: try await host.get("/probe/fail/conflict", token: token).errorCode == "CONFLICT"
                            }
                        }
                    }
                    for try await right in group { #expect(right) }
                }
            }
        }

        @Test("each request leaves a line in the log where that is wanted, without secrets") func log() async throws {
            let member = try await Member.make()
            try await RunningHost.run(.init(environment: ["TENANTRY_LOG_REQUESTS": "true"])) { host in
                let token = try host.token(member)
                _ = try await host.get("/probe/entries?x", token: token, headers: [("x-request-id", "logged-1")])
                let line = try await Blocking.run { host.program.line(containing: "logged-1") ?? "" }
                let entry = try JSON.read(Array(line.utf8))
                #expect(entry["message"] == "request")
                #expect(entry["route"] == "GET /probe/entries")
                #expect(entry["tenant_id"]?.string == member.tenant.description)
                #expect(entry["client"] == "127.0.0.1")
                #expect(entry["status"]?.string != nil)
                #expect(!host.program.printed.contains(token))
            }
        }

        @Test("many requests on one connection, pipelined, are answered in order") func pipelined() async throws {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let token = try host.token(member)
                let statuses = try await Blocking.run { [port = host.port] in
                    let socket = try RawSocket(port: port)
                    var bytes: [UInt8] = []
                    for number in 0..<40 {
                        bytes += RunningHost.head(
                            "GET", number % 3 == 0 ? "/health" : "/probe/caller", token: token, headers: [("x-request-id", "n\(number)")])
                    }
                    try socket.send(bytes)
                    var reader = AnswerReader(socket)
                    return try (0..<40).map { _ in try reader.next()?["x-request-id"] ?? "none" }
                }
                #expect(statuses == (0..<40).map { "n\($0)" })
            }
        }
    }
}
