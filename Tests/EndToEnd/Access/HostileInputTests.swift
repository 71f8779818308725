import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// Every member of every route's input, with what breaks parsers, statements, logs and terminals.
    @Suite("Hostile input", .testDatabase) struct HostileInput {
        private static let password = "Correct-Horse-7f3a-Battery"

        private static let texts = [
            "'", "' or '1'='1", "\"; drop table app.businesses; --", "\\", "$1", "%27", "../../etc/passwd", "{{7*7}}", "<script>alert(1)</script>",
            "=cmd|'/C calc'!A0", "a\nb\r\nSet-Cookie: x=y", "\u{1b}[31mred\u{1b}[0m", "\u{202e}txt.exe", "\u{0}", "\u{fffd}\u{10ffff}",
            String(repeating: "x", count: 5000), "",
        ]

        /// Bodies that are no input of any route.
        private static let bodies: [(name: String, bytes: [UInt8])] = [
            ("no JSON", Array("name=x".utf8)), ("cut", Array(#"{"name": "x"#.utf8)), ("twice", Array(#"{"name": "a", "name": "b"}"#.utf8)),
            ("too large a number", Array(#"{"name": 1e400}"#.utf8)), ("deep", Array(String(repeating: "[", count: 50_000).utf8)),
            ("deep objects", Array(String(repeating: #"{"a":"#, count: 20_000).utf8)),
            ("wide", Array(("[" + String(repeating: "0,", count: 100_000) + "0]").utf8)), ("an array", Array("[]".utf8)),
            ("null", Array("null".utf8)),
            ("a text", Array(#""x""#.utf8)), ("no UTF-8", [0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
            ("a surrogate", Array(#"{"name": "\ud800"}"#.utf8)),
            ("a comment", Array("{/* x */}".utf8)), ("trailing", Array("{} {}".utf8)), ("NaN", Array(#"{"name": NaN}"#.utf8)),
        ]

        @Test(
            "asvs-32, asvs-42, asvs-43, auth-14: no input of any route makes a 500, tells of the inside, or reaches the log as more than a value",
            .timeLimit(.minutes(40)))
        func hostile() async throws {
            let database = try TestDatabase.current
            let tenant = try await database.tenant(1)
            var environment = try await Blocking.run { try RunningHost.environment(database) }
            let created = try await Blocking.run { [environment] in
                try ChildProgram(
                    "tenantry",
                    [
                        "user", "create", "--email", "ann@example.test", "--name", "Ann", "--tenant", "tenant-1", "--role", "owner",
                        "--password-stdin",
                    ],
                    environment: environment, input: "\(Self.password)\n"
                ).finish()
            }
            try #require(created.status == 0, "\(created.printed)")
            environment = ["TENANTRY_LOG_REQUESTS": "true", "TENANTRY_LOG_LEVEL": "debug"]
            try await RunningHost.run(.init(handlers: ["\(Environment.package)/Handlers"], environment: environment)) { host in
                let login = try await host.post("/auth/login", json: ["email": "ann@example.test", "password": .string(Self.password)])
                let token = try #require(try login.json["access_token"]?.string, "\(login.text)")
                // One that no route can end.
                let user = try #require(try await database.query("select id from identity.users where email = 'ann@example.test'").first).uuid(0)
                let member = Member(tenant: tenant, user: UserID(user), role: .owner)
                let own = try host.token(member)
                let key = try await MatrixCaller.key(1, ["businesses:read"], member)
                #expect(try await host.get("/businesses", token: key).status == 200)
                var calls = 0
                for route in try await ListedRoute.served(database).flatMap(\.routes) where route.access != "system" {
                    for request in Self.requests(route) {
                        let answer = try await host.request(
                            request.method, request.path, token: own,
                            headers: [
                                ("content-type", "application/json"), ("user-agent", "agent \u{9}[31m' or 1=1"), ("x-request-id", "hostile-input"),
                            ],
                            body: request.body)
                        check(
                            answer, "\(request.method) \(request.path.prefix(200)) \(String(decoding: request.body?.prefix(80) ?? [], as: UTF8.self))"
                        )
                        calls += 1
                    }
                }
                #expect(calls > 300)
                for bad in ["Bearer \(token)x", "Bearer \(key.dropLast())z", "Basic YTpi", "Bearer ' or 1=1"] {
                    let answer = try await host.get("/businesses", headers: [("authorization", bad)])
                    #expect(answer.status == 401)
                }
                _ = try await host.post("/auth/login", json: ["email": "ann@example.test", "password": "Wrong-Horse-7f3a-Battery"])
                #expect(try await host.get("/health").status == 200)
                checkLog(host.program.printed, secrets: [Self.password, "Wrong-Horse-7f3a-Battery", token, own, key])
            }
        }

        private func check(_ answer: HTTPAnswer, _ place: String) {
            #expect(answer.status < 500 && answer.status >= 200, "\(place): \(answer.status) \(answer.text.prefix(300))")
            guard answer.status >= 400 else { return }
            #expect(answer.errorCode != nil, "\(place): \(answer.text.prefix(300))")
            // One of the kinds of sources is called so.
            let text = answer.text.lowercased().replacing("google_sheet, postgres, webhook", with: "")
            for word in [
                "sqlstate", "syntax error", "postgres", "pg_", "_pkey", ".swift", Environment.package.lowercased(), "fatal", "stack", "constraint",
                "tenancy.",
            ] {
                #expect(!text.contains(word), "\(place) says \(word): \(answer.text.prefix(300))")
            }
            #expect(!answer.headers.contains { $0.name.lowercased() == "set-cookie" && $0.value.hasPrefix("x=y") }, "\(place)")
        }

        /// Every line is one JSON object, holds no control character and no secret.
        private func checkLog(_ printed: String, secrets: [String]) {
            let lines = printed.split(separator: "\n")
            #expect(lines.count > 300)
            for line in lines where line.hasPrefix("{") {
                let object = try? JSON.read(Array(line.utf8))
                #expect(object?.object != nil, "no JSON: \(line.prefix(200))")
            }
            // What is no JSON object is the line of the start; an input could not make one.
            #expect(lines.count { !$0.hasPrefix("{") } <= 5, "\(lines.filter { !$0.hasPrefix("{") })")
            #expect(!printed.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x7f })
            for secret in secrets { #expect(!printed.contains(secret), "a secret stands in the log") }
        }

        private static func requests(_ route: ListedRoute) -> [ListedRoute.Request] {
            let names = route.inputSchema?["properties"]?.object?.map(\.name) ?? []
            var requests: [ListedRoute.Request] = []
            for (index, text) in texts.enumerated() {
                for name in names { requests.append(request(route, name, .string(text))) }
                // Other kinds than a text, in turn.
                let value: JSONValue = [.integer(.min), .number(1.5), true, .null, [], [:], .array(Array(repeating: 1, count: 2000))][index % 7]
                for name in names where route.body == "json" { requests.append(request(route, name, value)) }
            }
            if route.body == "json" {
                let path = request(route, "", .null).path
                requests += bodies.map { ListedRoute.Request(method: route.method, path: path, body: $0.bytes, type: "application/json") }
            }
            return requests
        }

        private static func request(_ route: ListedRoute, _ name: String, _ value: JSONValue) -> ListedRoute.Request {
            var isInPath = false
            let parts = route.path.split(separator: "/").map { part -> String in
                guard part.hasPrefix("{") else { return String(part) }
                if part.dropFirst().dropLast() == name {
                    isInPath = true
                    return encoded(value)
                }
                return part.hasSuffix("_id}") ? "\(UUID.zero)" : "unknown"
            }
            var path = "/" + parts.joined(separator: "/")
            guard route.body == "json" else {
                if !isInPath, !name.isEmpty { path += "?\(name)=\(encoded(value))" }
                return ListedRoute.Request(
                    method: route.method, path: path, body: route.body == "bytes" ? Array("date,sales\n2024-01-01,5\n".utf8) : nil, type: "text/csv")
            }
            let body: JSONObject = isInPath || name.isEmpty ? [:] : [name: value]
            return ListedRoute.Request(
                method: route.method, path: path, body: Array(JSONValue.object(body).description.utf8), type: "application/json")
        }

        /// A value as it stands in an address (RFC 3986 section 2.1).
        private static func encoded(_ value: JSONValue) -> String {
            let text = value.string ?? value.description
            return text.utf8.prefix(3000).map { byte in
                let isPlain = (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                return isPlain ? String(UnicodeScalar(byte)) : "%" + Hex.encode([byte]).uppercased()
            }.joined()
        }

        @Test("asvs-40: nothing is open that nobody meant to open") func closed() async throws {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let token = try host.token(member)
                for path in [
                    "/metrics", "/debug", "/debug/pprof", "/docs", "/swagger", "/openapi.json", "/.git/config", "/.env", "/admin", "/actuator",
                    "/server-status",
                    "/internal/audit/seal", "/internal/mail/deliver", "/internal/retention/erase", "/api/v1/internal/audit/seal", "/internal",
                    "/console",
                ] {
                    for (method, token) in [("GET", nil), ("POST", nil), ("GET", token), ("POST", token)] {
                        let answer = try await host.request(method, path, token: token, body: method == "POST" ? Array("{}".utf8) : nil)
                        #expect(answer.status == 404 || answer.status == 405, "\(method) \(path): \(answer.status) \(answer.text)")
                        #expect(answer.errorCode != nil && !answer.text.contains("seal"), "\(method) \(path): \(answer.text)")
                    }
                }
                for method in ["TRACE", "TRACK", "DEBUG", "CONNECT"] {
                    let answer = try await host.request(method, "/businesses", token: token, headers: [("x-secret", "echo-7f3a")])
                    #expect(answer.status >= 400 && !answer.text.contains("echo-7f3a"), "\(method): \(answer.status) \(answer.text)")
                }
            }
        }
    }
}
