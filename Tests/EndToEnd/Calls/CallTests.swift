import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Calls between handlers", .testDatabase) struct Calls {
        private static let probe = "calls: [\"GET /relay/bounce/{times}\"]"
        private static let relay = """
            calls:
              - GET /probe/bounce/{times}
              - GET /probe/caller
              - GET /probe/big
              - GET /probe/counter
              - GET /probe/counter/live
              - GET /probe/sleep
              - GET /probe/entries
              - POST /probe/entries
              - GET /probe/fail/{kind}
              - GET /probe/trap
            """

        /// A gateway with two handlers that may call each other, and a member's token.
        private func run(
            _ role: Role = .owner, replacing changes: [String: String] = [:], _ body: @Sendable (RunningHost, Member, String) async throws -> Void
        ) async throws {
            let member = try await Member.make(role: role)
            let folder = try HandlerFolder.pair(in: try TestDatabase.current, probe: Self.probe, relay: Self.relay, replacing: changes)
            try await RunningHost.run(.init(handlers: [folder])) { host in try await body(host, member, try host.token(member)) }
        }

        private func ask(_ route: String, body: JSONValue? = nil, times: Int64 = 1, inTransaction: Bool = false) -> JSONValue {
            var question: JSONObject = ["route": .string(route), "times": .integer(times), "in_transaction": .bool(inTransaction)]
            if let body { question["body"] = .string(body.description) }
            return .object(question)
        }

        @Test("pitfall 46: handlers that call each other stop four deep with 508") func depth() async throws {
            try await run { host, _, token in
                let four = try await host.get("/probe/bounce/4", token: token)
                #expect(four.status == 200, "\(four.text)")
                #expect(try four.json["by"] == ["probe", "relay", "probe", "relay", "probe"])
                let five = try await host.get("/probe/bounce/5", token: token)
                #expect(five.status == 508)
                #expect(five.errorCode == "LOOP_DETECTED")
                #expect(try await host.get("/probe/bounce/100", token: token).status == 508)
            }
        }

        @Test("pitfall 46: at full concurrency calls between handlers still end", arguments: [1, 2]) func fullHouse(_ concurrency: Int) async throws {
            try await run(replacing: ["concurrency: 16": "concurrency: \(concurrency)", "max: 2}": "max: 1}"]) { host, _, token in
                let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 0..<24 {
                        group.addTask { try await host.get("/\(number % 2 == 0 ? "probe" : "relay")/bounce/4", token: token).status }
                    }
                    return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
                }
                #expect(statuses == [200: 24])
                try await host.eventually("all slots are free") {
                    let ready = try await host.get("/health/ready").json["handlers"]
                    return ready?["probe"]?["in_flight"] == 0 && ready?["relay"]?["in_flight"] == 0
                }
            }
        }

        @Test("a call runs for the same tenant and user, with a context of the target's own") func identity() async throws {
            try await run { host, member, token in
                let direct = try await host.get("/probe/caller", token: token, headers: [("x-request-id", "request-7")])
                let asked = try await host.request(
                    "POST", "/relay/ask", token: token, headers: [("content-type", "application/json"), ("x-request-id", "request-7")],
                    body: Array(ask("GET /probe/caller").description.utf8))
                #expect(asked.status == 200, "\(asked.text)")
                #expect(try asked.json["bodies"] == .array([.string(direct.text)]))
                // The relay has no grants: what it reads and writes so is the other handler's to touch.
                let write = try await host.post("/relay/ask", token: token, json: ask("POST /probe/entries", body: ["number": 1, "text": "nested"]))
                #expect(write.status == 200, "\(write.text)")
                let stored = try await TestDatabase.current.query("select tenant_id, text from probe.entries")
                #expect(stored.count == 1)
                #expect(try stored[0].uuid(0) == member.tenant.uuid)
                #expect(try await host.get("/probe/entries", token: token).text.contains("nested"))
            }
        }

        @Test("what `calls` does not name, or the caller's role does not allow, is 403; the target's errors come through") func refused()
            async throws
        {
            try await run(.viewer) { host, _, token in
                for route in ["POST /probe/echo", "GET /health", "GET /nowhere", "DELETE /probe/entries", "GET /relay/bounce/0"] {
                    let answer = try await host.post("/relay/ask", token: token, json: ask(route))
                    #expect(answer.status == 403, "\(route): \(answer.text)")
                    #expect(answer.errorCode == "FORBIDDEN")
                }
                // Named, but a viewer may not write.
                let write = try await host.post("/relay/ask", token: token, json: ask("POST /probe/entries", body: ["number": 1, "text": "x"]))
                #expect(write.errorCode == "FORBIDDEN")
                #expect(try await TestDatabase.current.query("select 1 from probe.entries").isEmpty)
                let invalid = try await host.post("/relay/ask", token: token, json: ask("GET /probe/fail/validation"))
                #expect(invalid.status == 400)
                #expect(try invalid.json["error"]?["errors"]?.array?.count == 2)
                let conflict = try await host.post("/relay/ask", token: token, json: ask("GET /probe/fail/conflict"))
                #expect(conflict.errorCode == "CONFLICT")
                #expect(!conflict.text.contains("private detail"))
                let trap = try await host.post("/relay/ask", token: token, json: ask("GET /probe/trap"))
                #expect(trap.errorCode == "HANDLER_FAILED")
                #expect(try await host.post("/relay/ask", token: token, json: ask("GET /probe/caller")).status == 200)
            }
        }

        @Test("pitfall 43: a call between handlers that ends its process alone, too, is refused") func poison() async throws {
            try await run { host, _, token in
                for code in ["HANDLER_FAILED", "HANDLER_FAILED", "POISON_INVOCATION"] {
                    let answer = try await host.post("/relay/ask", token: token, json: ask("GET /probe/trap?index=7"))
                    #expect(answer.errorCode == code, "\(answer.text)")
                }
                #expect(try await host.post("/relay/ask", token: token, json: ask("GET /probe/caller")).status == 200)
            }
        }

        @Test("a stream is gathered up to the limit, a subscription is refused") func streams() async throws {
            try await run { host, _, token in
                let counted = try await host.post("/relay/ask", token: token, json: ask("GET /probe/counter?to=20000"))
                #expect(try counted.json["bodies"]?[0]?.string == (1...20_000).map { "\($0)\n" }.joined())
                let whole = try await host.post("/relay/ask", token: token, json: ask("GET /probe/big?bytes=524288"))
                #expect(try whole.json["bodies"]?[0]?.string?.utf8.count == 524_288)
                for route in ["GET /probe/big?bytes=524289", "GET /probe/counter?to=1000000"] {
                    #expect(try await host.post("/relay/ask", token: token, json: ask(route)).errorCode == "PAYLOAD_TOO_LARGE")
                }
                #expect(try await host.post("/relay/ask", token: token, json: ask("GET /probe/counter/live")).errorCode == "BAD_REQUEST")
                try await host.eventually("nothing is left behind") {
                    try await host.get("/health/ready").json["handlers"]?["probe"]?["in_flight"] == 0
                }
            }
        }

        @Test("pitfalls 51, 58: no call inside an open transaction") func transaction() async throws {
            try await run { host, _, token in
                let answer = try await host.post("/relay/ask", token: token, json: ask("GET /probe/caller", inTransaction: true))
                #expect(answer.errorCode == "INTERNAL_ERROR")
            }
        }

        @Test("many calls of one invocation at once, more than may be under way") func parallel() async throws {
            try await run { host, _, token in
                let answer = try await host.post("/relay/ask", token: token, json: ask("GET /probe/caller", times: 40))
                #expect(try answer.json["bodies"]?.array?.count == 40, "\(answer.text)")
            }
        }

        @Test("pitfalls 36, 37: when the client goes or the deadline passes, the called handler is cancelled too", arguments: [true, false])
        func cancelled(_ clientGoes: Bool) async throws {
            try await run(replacing: clientGoes ? [:] : ["timeout: 10s": "timeout: 400ms"]) { host, _, token in
                let body = Array(ask("GET /probe/sleep?milliseconds=60000").description.utf8)
                let socket = try await host.connect()
                try await Blocking.run {
                    _ = try socket.send(
                        RunningHost.head("POST", "/relay/ask", token: token, headers: [("content-type", "application/json")], length: body.count)
                            + body)
                }
                func inFlight(_ handler: String) async throws -> JSONValue? {
                    try await host.get("/health/ready").json["handlers"]?[handler]?["in_flight"]
                }
                if clientGoes {
                    try await host.eventually("the called one runs") { try await inFlight("probe") == 1 }
                    socket.drop()
                } else {
                    let answer = try await Blocking.run {
                        var reader = AnswerReader(socket)
                        return try reader.next()
                    }
                    #expect(answer?.errorCode == "DEADLINE_EXCEEDED")
                }
                try await host.eventually("both are over") {
                    let counts = (try await inFlight("probe"), try await inFlight("relay"))
                    return counts.0 == 0 && counts.1 == 0
                }
            }
        }

        @Test("a manifest that calls what nobody serves does not start") func unknown() async throws {
            let database = try TestDatabase.current
            let folder = try HandlerFolder.pair(in: database, relay: "calls: [GET /probe/nothing]")
            let error = await #expect(throws: AppError.self) { try await RunningHost.run(.init(handlers: [folder])) { _ in } }
            #expect(error?.message.contains("relay/handler.yaml:") == true, "\(error?.message ?? "")")
            #expect(error?.message.contains("the handler relay calls `GET /probe/nothing`") == true, "\(error?.message ?? "")")
        }
    }
}
