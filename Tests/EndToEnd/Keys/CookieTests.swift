import Kernel
import TestSupport
import Testing
import Tokens

extension EndToEnd {
    @Suite("Cookies", .testDatabase) struct Cookies {
        static let secret = "a CSRF token that only pages of this site can read"

        /// An access token as a sign-in with cookies makes it.
        private func token(_ host: RunningHost, _ member: Member) throws -> String {
            try host.sign(
                AccessClaims(
                    user: member.user, tenant: member.tenant, role: member.role, epoch: 1, id: .zero,
                    csrf: Base64.url.encode(SHA256.hash(Self.secret).bytes), issuedAt: TimeSource.system.now()
                ).json)
        }

        private func cookie(_ token: String, _ more: String = "") -> (String, String) {
            ("Cookie", "theme=dark; __Host-tenantry_access=\(token)\(more)")
        }

        private func add(_ host: RunningHost, _ headers: [(String, String)], number: Int = 1) async throws -> HTTPAnswer {
            let body: JSONValue = ["number": .integer(Int64(number)), "text": "x"]
            return try await host.request(
                "POST", "/probe/entries", headers: headers + [("content-type", "application/json")], body: Array(body.description.utf8))
        }

        @Test("auth-13: a call that changes something needs the CSRF token beside the cookie") func csrf() async throws {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let token = try token(host, member)
                #expect(try await host.get("/probe/caller", headers: [cookie(token)]).status == 200)
                for wrong in [[], [("X-CSRF-Token", "")], [("X-CSRF-Token", "x")], [("X-CSRF-Token", Self.secret + " x")]] {
                    let answer = try await add(host, [cookie(token)] + wrong)
                    #expect(answer.status == 403 && answer.errorCode == "FORBIDDEN", "\(answer.text)")
                }
                // The hash stands in the token, which is no secret to whoever has it; only what it is the hash of counts.
                #expect(try await add(host, [cookie(token), ("X-CSRF-Token", Base64.url.encode(SHA256.hash(Self.secret).bytes))]).status == 403)
                #expect(try await add(host, [cookie(token), ("X-CSRF-Token", Self.secret)]).status == 201)
                #expect(try await add(host, [cookie(token), ("X-CSRF-Token", Self.secret), ("X-CSRF-Token", Self.secret)]).status == 400)
                // The same token by the other way in.
                #expect(try await host.get("/probe/caller", token: token).status == 200)
                #expect(try await add(host, [("Authorization", "Bearer \(token)")]).status == 403)
                let entries = try await host.get("/probe/entries", headers: [cookie(token)])
                #expect(try entries.json["entries"]?.array?.count == 1)
            }
        }

        @Test("auth-13: pages of other origins are refused, whatever they look like") func origins() async throws {
            let member = try await Member.make()
            try await RunningHost.run(.init(environment: ["TENANTRY_CORS_ORIGINS": "https://app.example.com"])) { host in
                let token = try token(host, member)
                func status(_ origin: String, host name: String = "api.example.com") async throws -> Int {
                    let head = "GET /probe/caller HTTP/1.1\r\nHost: \(name)\r\nOrigin: \(origin)\r\nCookie: __Host-tenantry_access=\(token)\r\n\r\n"
                    return try await host.exchange(Array(head.utf8)).status
                }
                for origin in [
                    "null", "https://evil.example", "https://api.example.com.evil.example", "https://evil-api.example.com",
                    "https://app.example.com.evil.example",
                    "https://xapp.example.com", "https://app.example.com:8443", "http://app.example.com", "https://api.example.com:8443", "file://",
                    "", "https://",
                    "https://api.example.com@evil.example", "ftp://api.example.com", "https://evil.example/api.example.com", "api.example.com",
                ] {
                    #expect(try await status(origin) == 403, "\(origin)")
                }
                for origin in [
                    "https://app.example.com", "https://api.example.com", "https://api.example.com:443", "http://api.example.com",
                    "HTTPS://API.example.com",
                ] {
                    #expect(try await status(origin) == 200, "\(origin)")
                }
                #expect(try await status("https://api.example.com:8443", host: "api.example.com:8443") == 200)
                // Without a cookie the origin says nothing about who asks.
                #expect(
                    try await host.get("/probe/caller", token: try host.token(member), headers: [("Origin", "https://evil.example")]).status == 200)
                let evil = try await host.get("/probe/caller", headers: [cookie(token), ("Origin", "https://evil.example")])
                #expect(evil["access-control-allow-origin"] == nil)
                let listed = try await host.get("/probe/caller", headers: [cookie(token), ("Origin", "https://app.example.com")])
                #expect(listed["access-control-allow-origin"] == "https://app.example.com")
                #expect(listed["access-control-allow-credentials"] == "true")
            }
        }

        @Test("what stands in Authorization or X-API-Key goes before the cookie") func precedence() async throws {
            let (member, other) = (try await Member.make(1), try await Member.make(2))
            try await RunningHost.run { host in
                let token = try token(host, member)
                let both = try await host.get("/probe/caller", token: try host.token(other), headers: [cookie(token)])
                #expect(try both.json["user"]?.string == other.user.description)
                #expect(try await host.get("/probe/caller", token: "x", headers: [cookie(token)]).status == 401)
                #expect(try await host.get("/probe/caller", headers: [cookie(token), ("X-API-Key", "x")]).status == 401)
                let twice = try await host.get("/probe/caller", headers: [cookie(token, "; __Host-tenantry_access=x")])
                #expect(twice.status == 400)
                let lines = try await host.get("/probe/caller", headers: [cookie(token), ("Cookie", "__Host-tenantry_access=\(token)")])
                #expect(lines.status == 400)
                for name in ["__host-tenantry_access", "tenantry_access", "__Secure-tenantry_access", " x__Host-tenantry_access"] {
                    #expect(try await host.get("/probe/caller", headers: [("Cookie", "\(name)=\(token)")]).status == 401, "\(name)")
                }
            }
        }

        @Test("a browser listens with its cookie, and no handler ever sees one") func listening() async throws {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let token = try token(host, member)
                let head = try await Blocking.run { [port = host.port, line = cookie(token)] in
                    let socket = try RawSocket(port: port)
                    try socket.send(RunningHost.head("GET", "/probe/counter/live", headers: [line]))
                    var reader = AnswerReader(socket)
                    return try reader.head()
                }
                #expect(head?.status == 200)
                #expect(head?["content-type"] == "text/event-stream")
                let seen = try await host.get(
                    "/probe/headers",
                    headers: [
                        cookie(token, "; __Host-tenantry_refresh=r; __Host-tenantry_csrf=c; a=b"), ("X-CSRF-Token", "c"), ("Accept-Language", "de"),
                    ])
                #expect(seen.status == 200)
                #expect(try seen.json["headers"] == ["accept-language"])
            }
        }
    }
}
