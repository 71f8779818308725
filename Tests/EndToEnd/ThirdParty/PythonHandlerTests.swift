import Glibc
import Kernel
import Postgres
import Tenants
import TestSupport
import Testing

extension EndToEnd {
    /// The example in Python behind the gateway: the protocol is one, and not a habit of ours.
    @Suite("a handler in Python", .enabled(if: File.exists("/usr/lib/python3/dist-packages/psycopg2"), "python3-psycopg2 is not installed"))
    struct PythonHandler {
        private static let folder = "\(Environment.package)/Examples/greetings-python"

        private func running<R>(_ body: (PackageWorld, RunningHost) async throws -> R) async throws -> R {
            try await PackageWorld.run { world in
                try await world.execute("create schema greetings authorization \(world.database.prefix.owner)")
                let handlers = ["TENANTRY_HANDLERS": "\(Environment.package)/Examples"]
                let (status, printed) = try await world.tenantry(["migrate", "up"], handlers)
                guard status == 0 else { throw AppError(.internalError, printed) }
                return try await world.gateway(handlers) { try await body(world, $0) }
            }
        }

        @Test("keeps, lists and finds; two tenants never meet; faults have the one shape") func serves() async throws {
            try await running { world, host in
                let (ours, theirs) = (try host.token(try await world.member(1)), try host.token(try await world.member(2)))
                let made = try await host.post("/greetings", token: ours, json: ["name": "Ada", "text": "Hello, Ada"])
                #expect(made.status == 201, "\(made.text)")
                #expect(try made.json["text"]?.string == "Hello, Ada")
                #expect(try await host.get("/api/v1/greetings/by-name/Ada", token: ours).json["text"]?.string == "Hello, Ada")
                #expect(try await host.get("/greetings/by-name/Ada", token: theirs).errorCode == "NOT_FOUND")
                #expect(try await host.get("/greetings", token: theirs).json["greetings"]?.array?.isEmpty == true)
                // The same name is free for another tenant, and taken for ours.
                #expect(try await host.post("/greetings", token: theirs, json: ["name": "Ada", "text": "Hi"]).status == 201)
                #expect(try await host.post("/greetings", token: ours, json: ["name": "Ada", "text": "Again"]).errorCode == "CONFLICT")
                #expect(try await host.get("/greetings?limit=10", token: ours).json["greetings"]?.array?.count == 1)

                let viewer = try await host.post(
                    "/greetings", token: try host.token(try await world.member(3, role: .viewer)), json: ["name": "x", "text": "y"])
                #expect(viewer.errorCode == "FORBIDDEN")
                #expect(try await host.get("/greetings").errorCode == "UNAUTHENTICATED")
                let wrong = try await host.post("/greetings", token: ours, json: ["name": 7, "txt": "x"])
                #expect(wrong.errorCode == "VALIDATION_ERROR")
                #expect(try wrong.json["error"]?["errors"]?.array?.compactMap { $0["field"]?.string } == ["name", "text", "txt"])
                #expect(try await host.get("/greetings?limit=no", token: ours).errorCode == "VALIDATION_ERROR")
                #expect(try await host.request("POST", "/greetings", token: ours, body: Array("{".utf8)).errorCode == "BAD_REQUEST")
                #expect(made["server-timing"]?.contains("db;dur=") == true, "\(made.headers)")
            }
        }

        @Test("bodies and answers of any size pass under credit") func streams() async throws {
            try await running { world, host in
                let token = try host.token(try await world.member(1))
                let body = Array(String(repeating: "0123456789\n", count: 500_000).utf8)
                let counted = try await host.request("POST", "/greetings/count", token: token, headers: [("content-type", "text/plain")], body: body)
                #expect(try counted.json["bytes"]?.integer.map { Int($0) } == body.count, "\(counted.text)")
                #expect(try counted.json["lines"]?.integer == 500_000)
                let numbers = try await host.get("/greetings/numbers?to=300000", token: token)
                #expect(numbers.text.hasSuffix("\n299999\n300000\n"))
                #expect(numbers.text.utf8.count == 1_988_895)
            }
        }

        @Test("a client that goes cancels its statement in the database, and the process serves on") func cancel() async throws {
            try await running { world, host in
                let token = try host.token(try await world.member(1))
                let role = world.database.prefix.handler("greetings")
                func sleeping() async throws -> Int64 {
                    try await world.query(
                        "select count(*) from pg_stat_activity where datname = current_database() and usename = $1 and state = 'active' and query ~ 'pg_sleep'",
                        [.text(role)])[0]
                        .int64(0)
                }
                let socket = try await host.connect()
                _ = try await Blocking.run { try socket.send(RunningHost.head("GET", "/greetings/wait?seconds=60", token: token)) }
                try await host.eventually("a statement runs") { try await sleeping() == 1 }
                try await Blocking.run { socket.drop() }
                try await host.eventually("it is cancelled") { try await sleeping() == 0 }
                #expect(try await host.get("/greetings", token: token).status == 200)
            }
        }

        @Test("a read whose process is killed runs again in the next one; a stop drains") func killed() async throws {
            try await running { world, host in
                let token = try host.token(try await world.member(1))
                #expect(try await host.get("/greetings", token: token).status == 200)
                let socket = try await host.connect()
                _ = try await Blocking.run { try socket.send(RunningHost.head("GET", "/greetings/wait?seconds=2", token: token)) }
                let role = world.database.prefix.handler("greetings")
                try await host.eventually("a statement runs") {
                    try await world.query(
                        "select count(*) from pg_stat_activity where datname = current_database() and usename = $1 and query ~ 'pg_sleep'",
                        [.text(role)])[0].int64(0) == 1
                }
                for process in try Self.processes(below: host.program.pid) { kill(process, SIGKILL) }
                let answer = try await Blocking.run {
                    var reader = AnswerReader(socket)
                    return try reader.next()
                }
                #expect(answer?.status == 200, "\(answer?.text ?? "")")
                #expect(try await host.get("/greetings", token: token).status == 200)

                // What runs is answered before the process goes.
                let last = try await host.connect()
                _ = try await Blocking.run { try last.send(RunningHost.head("GET", "/greetings/wait?seconds=1", token: token)) }
                try await host.eventually("it runs") {
                    try await world.query(
                        "select count(*) from pg_stat_activity where datname = current_database() and usename = $1 and state = 'active' and query ~ 'pg_sleep'",
                        [.text(role)])[0]
                        .int64(0) == 1
                }
                host.program.signal(SIGTERM)
                let drained = try await Blocking.run {
                    var reader = AnswerReader(last)
                    return try reader.next()
                }
                #expect(drained?.status == 200)
                for connection in [socket, last] { connection.drop() }
                let status = try await Blocking.run { host.program.end() }
                #expect(status == 0)
            }
        }

        /// Processes of the example below another, whatever stands between.
        private static func processes(below pid: pid_t) throws -> [pid_t] {
            try ChildProgram.children(of: pid).flatMap { child -> [pid_t] in
                let line = (try? File.read("/proc/\(child)/cmdline")) ?? []
                return (String(decoding: line, as: UTF8.self).contains("greetings.py") ? [child] : []) + (try processes(below: child))
            }
        }
    }
}
