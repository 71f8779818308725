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
