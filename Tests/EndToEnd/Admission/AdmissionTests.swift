import Kernel
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Admission", .testDatabase) struct Admission {
        /// The tests' own address is a proxy, so that they can come from anywhere.
        private static func options(_ settings: [String: String] = [:], proxy: Bool = true) -> RunningHost.Options {
            var options = RunningHost.Options()
            options.environment = settings.reduce(into: proxy ? ["TENANTRY_TRUSTED_PROXIES": "127.0.0.1"] : [:]) {
                $0["TENANTRY_" + $1.key] = $1.value
            }
            return options
        }

        private static func from(_ address: String) -> [(String, String)] { [("X-Forwarded-For", address)] }

        @Test("auth-11: an address has so many calls, then 429 that says when; others and probes of health do not suffer") func addresses()
            async throws
        {
            try await RunningHost.run(Self.options(["RATE_ADDRESS": "5/h"])) { host in
                for _ in 0..<5 { #expect(try await host.get("/version", headers: Self.from("203.0.113.1")).status == 200) }
                let refused = try await host.get("/version", headers: Self.from("203.0.113.1"))
                #expect(refused.errorCode == "TOO_MANY_REQUESTS")
                #expect(refused.status == 429)
                let wait = try #require(refused["retry-after"].flatMap { Int($0) })
                #expect((1...720).contains(wait))
                #expect(refused["ratelimit-policy"] == "\"address\";q=5;w=3600")
                #expect(refused["ratelimit"] == "\"address\";r=0;t=\(wait)")
                #expect(try await host.get("/version", headers: Self.from("203.0.113.2")).status == 200)
                #expect(try await host.get("/version", headers: Self.from("2001:db8:1:1::1")).status == 200)
                for _ in 0..<10 { #expect(try await host.get("/health", headers: Self.from("203.0.113.1")).status == 200) }
            }
        }

        @Test("asvs-36: a forged client address counts for nothing where the proxy is not trusted") func forged() async throws {
            try await RunningHost.run(Self.options(["RATE_ADDRESS": "3/h"], proxy: false)) { host in
                for number in 1...6 {
                    let answer = try await host.get("/version", headers: Self.from("203.0.113.\(number)"))
                    #expect(answer.status == (number <= 3 ? 200 : 429))
                }
                let standard = try await host.get("/version", headers: [("Forwarded", "for=203.0.113.9")])
                #expect(standard.status == 429)
            }
        }

        @Test("users and tenants have limits of their own, whatever their address") func members() async throws {
            let first = try await Member.make(1)
            let second = try await Member.join(first.tenant, number: 2, role: .viewer)
            let other = try await Member.make(3)
            try await RunningHost.run(Self.options(["RATE_ADDRESS": "1/h", "RATE_USER": "3/h", "RATE_TENANT": "5/h"])) { host in
                func call(_ member: Member) async throws -> HTTPAnswer { try await host.get("/probe/caller", token: try host.token(member)) }
                for _ in 0..<3 { #expect(try await call(first).status == 200) }
                let user = try await call(first)
                #expect(user.status == 429)
                #expect(user["ratelimit-policy"]?.hasPrefix("\"user\"") == true)
                for _ in 0..<2 { #expect(try await call(second).status == 200) }
                #expect(try await call(second)["ratelimit-policy"]?.hasPrefix("\"tenant\"") == true)
                #expect(try await call(other).status == 200)
                #expect(try await host.get("/probe/caller", token: "nonsense").status == 401)
                #expect(try await host.get("/probe/caller", token: "nonsense").status == 429, "refused before anybody looks at the token")
                #expect(try await call(other).status == 429, "also a good one, for a flood must be cheap")
            }
        }

        @Test("guessing tokens blocks the address, not the user") func guessing() async throws {
            let database = try TestDatabase.current
            _ = try await database.tenant(1)
            try await RunningHost.run(Self.options(["SUSPICION": "on"])) { host in
                let created = try await Blocking.run {
                    try ChildProgram(
                        "tenantry",
                        [
                            "user", "create", "--email", "ann@example.test", "--name", "Ann", "--tenant", "tenant-1", "--role", "analyst",
                            "--password-stdin",
                        ],
                        environment: try RunningHost.environment(database), input: "a long password\n"
                    ).finish()
                }
                #expect(created.status == 0, "\(created.printed)")
                @Sendable func signIn(_ password: String, from address: String) async throws -> HTTPAnswer {
                    let body: JSONValue = ["email": "ann@example.test", "password": .string(password)]
                    return try await host.request(
                        "POST", "/auth/login", headers: Self.from(address) + [("content-type", "application/json")],
                        body: Array(body.description.utf8))
                }
                // Each answer comes a little later than the one before, so they are asked for side by side.
                for round in 0..<4 {
                    try await withThrowingTaskGroup(of: Int.self) { group in
                        for number in 0..<60 {
                            group.addTask {
                                let headers = Self.from("203.0.113.7") + [("authorization", "Bearer guess-\(round)-\(number)")]
                                return try await host.request("GET", "/auth/me", headers: headers).status
                            }
                        }
                        for try await status in group { #expect([401, 429].contains(status)) }
                    }
                }
                let blocked = try await signIn("a long password", from: "203.0.113.7")
                #expect(blocked.errorCode == "TOO_MANY_REQUESTS")
                let wait = try #require(blocked["retry-after"].flatMap { Int($0) })
                #expect((1...60).contains(wait))
                #expect(try await signIn("a long password", from: "203.0.113.8").status == 200, "the user is let in from elsewhere")
                #expect(host.program.printed.split(separator: "\n").count { $0.contains("an address is blocked") } == 1)
            }
        }

        @Test("asvs-35, asvs-41: every answer says what browsers may do with it") func security() async throws {
            let member = try await Member.make(1)
            try await RunningHost.run(Self.options()) { host in
                let token = try host.token(member)
                let answers = [
                    try await host.get("/health"), try await host.get("/nothing"), try await host.get("/probe/caller"),
                    try await host.get("/probe/caller", token: token), try await host.request("OPTIONS", "/probe/caller"),
                    try await host.get("/probe/counter?to=10", token: token), try await host.exchange(Array("nonsense\r\n\r\n".utf8)),
                ]
                for answer in answers {
                    #expect(answer["x-content-type-options"] == "nosniff", "\(answer.status)")
                    #expect(answer["referrer-policy"] == "no-referrer")
                    #expect(answer["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'")
                    #expect(answer["cross-origin-resource-policy"] == "same-origin")
                    #expect(answer.headers.count { $0.name == "cache-control" } == 1)
                    #expect(answer["strict-transport-security"] == nil)
                    #expect(answer["server"] == nil)
                }
                #expect(try await host.get("/health", headers: [("X-Forwarded-Proto", "https")])["strict-transport-security"] != nil)
            }
        }

        @Test("auth-13: only listed hosts are served, only listed origins are let in") func origins() async throws {
            let settings = ["HOSTS": "test, *.example.com", "CORS_ORIGINS": "https://app.example.com"]
            try await RunningHost.run(Self.options(settings, proxy: false)) { host in
                #expect(try await host.get("/health").status == 200)
                for (name, status) in [("api.example.com", 200), ("TEST:80", 200), ("evil.com", 400), ("example.com.evil.com", 400)] {
                    let answer = try await host.exchange(Array("GET /health HTTP/1.1\r\nHost: \(name)\r\nX-Forwarded-Host: test\r\n\r\n".utf8))
                    #expect(answer.status == status, "\(name)")
                }
                func asked(_ origin: String) async throws -> HTTPAnswer {
                    try await host.request("OPTIONS", "/probe/entries", headers: [("Origin", origin), ("Access-Control-Request-Method", "POST")])
                }
                let yes = try await asked("https://app.example.com")
                #expect(yes.status == 204)
                #expect(yes["access-control-allow-origin"] == "https://app.example.com")
                #expect(yes["access-control-allow-methods"] == "GET, HEAD, POST")
                #expect(yes["access-control-allow-credentials"] == "true")
                #expect(yes["access-control-allow-headers"]?.contains("authorization") == true)
                #expect(yes["access-control-max-age"] == "600")
                let no = try await asked("https://evil.com")
                #expect(no["access-control-allow-origin"] == nil && no["access-control-allow-methods"] == nil)
                for answer in [yes, no, try await host.get("/health")] { #expect(answer["vary"] == "origin") }
                let failed = try await host.get("/probe/caller", headers: [("Origin", "https://app.example.com")])
                #expect(failed.status == 401)
                #expect(failed["access-control-allow-origin"] == "https://app.example.com", "a page may read errors too")
            }
        }
    }
}
