import Glibc
import Kernel
import Postgres
import TestSupport
import Testing
import Tokens

extension EndToEnd {
    /// Sign-in through a provider on this machine that behaves as each sign-in says.
    @Suite("sign-in at providers", .testDatabase) struct FederationTests {
        private static let app = "https://app.example.com"
        private static let challenge = Base64.url.encode(SHA256.hash("the app's own verifier, which is long enough").bytes)

        /// A gateway, a provider, and the provider's row in tenant 1, of whose domain is `example.test`.
        private struct World {
            let host: RunningHost
            let owner: Member
            let provider: UUID
            let issuer: String

            func start(_ query: String = "") async throws -> HTTPAnswer {
                let redirect = "redirect_uri=https%3A%2F%2Fapp.example.com%2Fsigned-in&code_challenge=\(FederationTests.challenge)"
                return try await host.get("/api/v1/auth/oidc/\(provider)/start?\(query.isEmpty ? redirect : query)")
            }

            /// Begins a sign-in: the items of the URL that the browser is sent to, and the cookie.
            func begin() async throws -> (items: [String: String], cookie: String) {
                let answer = try await start("")
                guard answer.status == 302, let location = answer["location"], location.hasPrefix("\(issuer)/authorize?") else {
                    throw AppError(.internalError, "not begun: \(answer.status) \(answer.text)")
                }
                guard let cookie = answer["set-cookie"]?.split(separator: ";").first else { throw AppError(.internalError, "no cookie") }
                return (FederationTests.items(location), String(cookie))
            }

            /// A code that tells the provider how to behave.
            func code(_ items: [String: String], _ behaviour: JSONObject = [:], claims: JSONObject = [:]) -> String {
                var all: [JSONObject.Member] = [
                    .init(name: "nonce", value: .string(items["nonce"] ?? "")),
                    .init(name: "challenge", value: .string(items["code_challenge"] ?? "")),
                    .init(name: "id", value: .string(items["state"] ?? "")),
                ]
                let person: [JSONObject.Member] = [
                    .init(name: "email", value: "user-1@example.test"), .init(name: "email_verified", value: true), .init(name: "name", value: "Ann"),
                ]
                let changed = person.filter { member in !claims.contains { $0.name == member.name } } + claims.map { $0 }
                all.append(.init(name: "claims", value: .object(JSONObject(changed))))
                all += behaviour.map { $0 }
                return Base64.url.encode(Array(JSONValue.object(JSONObject(all)).description.utf8))
            }

            func callback(_ state: String, code: String, cookie: String?, iss: String? = nil) async throws -> HTTPAnswer {
                let iss = (iss ?? issuer).reduce(into: "") { $0 += ["/": "%2F", ":": "%3A"][$1] ?? String($1) }
                return try await host.get(
                    "/api/v1/auth/oidc/callback?state=\(state)&code=\(code)&iss=\(iss)", headers: cookie.map { [("cookie", $0)] } ?? [])
            }

            /// A whole sign-in; the items of the URL at the app.
            func signIn(_ behaviour: JSONObject = [:], claims: JSONObject = [:]) async throws -> [String: String] {
                let (items, cookie) = try await begin()
                let answer = try await callback(items["state"] ?? "", code: code(items, behaviour, claims: claims), cookie: cookie)
                guard answer.status == 302, let location = answer["location"], location.hasPrefix("\(FederationTests.app)/signed-in?") else {
                    throw AppError(.internalError, "not led back: \(answer.status) \(answer.text)")
                }
                return FederationTests.items(location)
            }
        }

        private static func items(_ url: String) -> [String: String] {
            let query = url.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
            return Dictionary(
                query.split(separator: "&").map { item in
                    let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                    return (String(parts[0]), String(parts.dropFirst().first ?? ""))
                }, uniquingKeysWith: { first, _ in first })
        }

        private func world(role: String? = nil, _ body: (World) async throws -> Void) async throws {
            let database = try TestDatabase.current
            let owner = try await Member.make(1)
            let (server, port) = try await Blocking.run {
                let folder = "\(database.home)/\(database.name)-provider"
                try File.makeFolder(folder)
                let server = try ChildProgram(
                    "/usr/bin/python3", ["\(Environment.package)/Tests/Servers/oidc_provider.py", folder], environment: ["PATH": "/usr/bin:/bin"])
                guard let port = server.line(containing: "listening on ")?.split(separator: " ").last else {
                    throw AppError(.internalError, server.printed)
                }
                return (server, String(port))
            }
            let environment = [
                "TENANTRY_OUTBOUND_ALLOW": "127.0.0.1/32", "TENANTRY_OUTBOUND_PORTS": port, "TENANTRY_REDIRECT_URLS": "\(Self.app)/",
                "TENANTRY_PUBLIC_URL": "https://api.example.com",
            ]
            try await RunningHost.run(.init(environment: environment)) { host in
                let issuer = "http://127.0.0.1:\(port)"
                let made = try await host.post(
                    "/api/v1/auth/oidc/providers", token: try host.token(owner),
                    json: [
                        "name": "Acme", "issuer": .string(issuer), "client_id": "client-1", "client_secret": "s&cret:1",
                        "allowed_domains": ["example.test"], "new_member_role": role.map { .string($0) } ?? .null,
                    ])
                guard made.status == 201, let id = try made.json["id"]?.string.flatMap({ UUID($0) }) else {
                    throw AppError(.internalError, "no provider: \(made.status) \(made.text)")
                }
                try await body(World(host: host, owner: owner, provider: id, issuer: issuer))
            }
            server.signal(SIGKILL)
        }

        @Test("a member signs in, is linked once, and gets a code that is good once") func signsIn() async throws {
            try await world { world in
                let begun = try await world.start()
                let cookie = try #require(begun["set-cookie"])
                #expect(
                    cookie.hasPrefix("__Host-tenantry_oidc_") && cookie.contains("HttpOnly") && cookie.contains("Secure")
                        && cookie.contains("SameSite=Lax"))
                let items = Self.items(try #require(begun["location"]))
                #expect(items["response_type"] == "code" && items["code_challenge_method"] == "S256" && items["client_id"] == "client-1")
                #expect(items["redirect_uri"] == "https%3A%2F%2Fapi.example.com%2Fapi%2Fv1%2Fauth%2Foidc%2Fcallback")
                for _ in 0..<2 {
                    let result = try await world.signIn()
                    #expect(result["code"]?.count == 43 && result["error"] == nil, "\(result)")
                }
                let links = try await TestDatabase.current.query("select user_id, tenant_id from identity.provider_links")
                #expect(links.count == 1)
                #expect(try links[0].uuid(0) == world.owner.user.uuid && links[0].uuid(1) == world.owner.tenant.uuid)
                let codes = try await TestDatabase.current.query(
                    "select user_id, tenant_id, details ->> 'code_challenge' from identity.one_time_tokens where purpose = 'federation'")
                #expect(codes.count == 2)
                #expect(try codes[0].uuid(0) == world.owner.user.uuid && codes[0].text(2) == Self.challenge)
                // The app redeems it with its verifier, once.
                let verifier: JSONValue = "the app's own verifier, which is long enough"
                let code = JSONValue.string(try await world.signIn()["code"] ?? "")
                let redeemed = try await world.host.post("/api/v1/auth/oidc/token", json: ["code": code, "code_verifier": verifier])
                #expect(redeemed.status == 200, "\(redeemed.text)")
                #expect(try redeemed.json["tenant"]?["id"]?.string == world.owner.tenant.description)
                let token = try #require(try redeemed.json["access_token"]?.string)
                #expect(try await world.host.get("/api/v1/auth/me", token: token).status == 200)
                let again = try await world.host.post("/api/v1/auth/oidc/token", json: ["code": code, "code_verifier": verifier])
                #expect(again.errorCode == "UNAUTHENTICATED")
                let stolen = JSONValue.string(try await world.signIn()["code"] ?? "")
                for wrong in ["another verifier, which is just as long as that", verifier] as [JSONValue] {
                    let answer = try await world.host.post("/api/v1/auth/oidc/token", json: ["code": stolen, "code_verifier": wrong])
                    #expect(answer.errorCode == "UNAUTHENTICATED")
                }
                // The subject is who it is: another address does not change that.
                let moved = try await world.signIn(claims: ["email": "somebody@elsewhere.test"])
                #expect(moved["code"] != nil)
            }
        }

        @Test("a client's secret is sealed with its tenant's key; one of before still opens, one of another tenant's key does not")
        func clientSecret()
            async throws
        {
            try await world { world in
                let database = try TestDatabase.current
                func stored() async throws -> [UInt8] { try await database.query("select client_secret from identity.providers")[0].bytes(0) }
                let sealed = try await stored()
                #expect(sealed.first == 1 && !String(decoding: sealed, as: UTF8.self).contains("s&cret"))
                #expect(try await database.query("select 1 from tenancy.data_keys where tenant_id = $1", [.id(world.owner.tenant)]).count == 1)
                #expect(try await world.signIn()["code"] != nil)
                let master = try MasterSecret(json: try File.read("\(world.host.home)/keys/master.json"))
                let ring = try SealingRing(try master.ring(of: .federation, at: TimeSource.system.now()))
                let old = try ring.seal(Array("s&cret:1".utf8), for: Array("oidc client secret\n\(world.provider)".utf8))
                _ = try await database.query("update identity.providers set client_secret = $1", [.bytes(old)])
                #expect(try await world.signIn()["code"] != nil)
                _ = try await database.query("update identity.providers set client_secret = $1", [.bytes(sealed)])
                _ = try await Member.make(2)
                try await database.execute(
                    "delete from tenancy.data_keys; select pg_notify('tenancy_changed', '\(world.owner.tenant)')")
                try await world.host.eventually("its key is gone, and with it the secret") { try await world.signIn()["error"] != nil }
            }
        }

        @Test("asvs-31: what a provider says wrongly opens nothing") func refused() async throws {
            try await world(role: "viewer") { world in
                _ = try await Member.make(2)
                let wrong: [(String, JSONObject, JSONObject)] = [
                    ("nonce", [:], ["nonce": "another"]), ("no nonce", [:], ["nonce": .null]), ("iss", [:], ["iss": "https://evil.example.com"]),
                    ("aud", [:], ["aud": "client-2"]), ("audiences", [:], ["aud": ["client-1", "client-2"]]), ("exp", [:], ["exp": 1_000_000_000]),
                    ("iat", [:], ["iat": 1_000_000_000]), ("none", ["alg": "none"], [:]), ("MAC", ["alg": "HS256"], [:]),
                    ("another's key", ["key": "stranger"], [:]), ("not verified", [:], ["email_verified": false]),
                    ("no address", [:], ["email": .null]),
                    ("domain", [:], ["email": "ann@evil.test"]), ("end of a domain", [:], ["email": "ann@evil-example.test"]),
                    ("two addresses", [:], ["email": "ann@evil.test@example.test"]),
                    // Whose address this is belongs to another tenant: this tenant's provider has no say over it.
                    ("another tenant's", [:], ["email": "user-2@example.test", "sub": "subject-2"]), ("sub", [:], ["sub": ""]),
                ]
                for (name, behaviour, claims) in wrong {
                    let result = try await world.signIn(behaviour, claims: claims)
                    #expect(result["error"] == "access_denied" && result["code"] == nil, "\(name): \(result)")
                }
                let links = try await TestDatabase.current.query("select 1 from identity.provider_links")
                let codes = try await TestDatabase.current.query("select 1 from identity.one_time_tokens where purpose = 'federation'")
                #expect(links.isEmpty && codes.isEmpty)
                // New here, and of the provider's domain: a member with the role that the tenant chose.
                let result = try await world.signIn(claims: ["email": "new@example.test", "sub": "subject-9"])
                #expect(result["code"] != nil, "\(result)")
                let made = try await TestDatabase.current.query(
                    "select m.role, m.tenant_id from identity.users u join tenancy.memberships m on m.user_id = u.id where u.email = 'new@example.test'"
                )
                #expect(made.count == 1)
                #expect(try made[0].text(0) == "viewer" && made[0].uuid(1) == world.owner.tenant.uuid)
            }
        }

        @Test("asvs-31: state mix-up, fixation, CSRF and replay lead nowhere") func mixUp() async throws {
            try await world { world in
                let (one, two) = (try await world.begin(), try await world.begin())
                let (first, second) = (one.items["state"] ?? "", two.items["state"] ?? "")
                // No cookie, another sign-in's, its value under this one's name, one made up.
                let value = two.cookie.split(separator: "=", maxSplits: 1)[1]
                for cookie in [nil, two.cookie, "__Host-tenantry_oidc_\(first.prefix(8))=\(value)", "__Host-tenantry_oidc_\(first.prefix(8))=AAAA"] {
                    let answer = try await world.callback(first, code: world.code(one.items), cookie: cookie)
                    #expect(answer.status == 400 && answer["location"] == nil, "\(answer.text)")
                }
                for state in ["", "x", String(repeating: "A", count: 43)] {
                    #expect(try await world.callback(state, code: "x", cookie: one.cookie).status == 400)
                }
                let twice = try await world.host.get(
                    "/api/v1/auth/oidc/callback?state=\(first)&state=\(first)&code=x", headers: [("cookie", one.cookie)])
                #expect(twice.status == 400)
                // Another provider answers (RFC 9207); a code of another sign-in is put in (its challenge and nonce are others).
                let mixed = try await world.callback(first, code: world.code(one.items), cookie: one.cookie, iss: "https://evil.example.com")
                #expect(Self.items(mixed["location"] ?? "")["error"] == "access_denied")
                let put = try await world.callback(second, code: world.code(one.items), cookie: two.cookie)
                #expect(Self.items(put["location"] ?? "")["error"] != nil && Self.items(put["location"] ?? "")["code"] == nil)
                // A state is good once, whatever came of it.
                for (state, sign) in [(first, one), (second, two)] {
                    #expect(try await world.callback(state, code: world.code(sign.items), cookie: sign.cookie).status == 400)
                }
                // An answer must say whom it is from where the provider promises that.
                let three = try await world.begin()
                let silent = try await world.host.get(
                    "/api/v1/auth/oidc/callback?state=\(three.items["state"] ?? "")&code=\(world.code(three.items))",
                    headers: [("cookie", three.cookie)])
                #expect(Self.items(silent["location"] ?? "")["error"] == "access_denied")
            }
        }

        @Test("open redirect: a sign-in leads to listed pages only; PKCE is asked for") func redirects() async throws {
            try await world { world in
                for redirect in [
                    "https%3A%2F%2Fevil.example.com%2F", "https%3A%2F%2Fapp.example.com.evil.example.com%2F", "%2F%2Fevil.example.com", "%2Fx",
                    "https%3A%2F%2Fapp.example.com%40evil.example.com%2F", "javascript%3Aalert(1)", "http%3A%2F%2Fapp.example.com%2F",
                ] {
                    let answer = try await world.start("redirect_uri=\(redirect)&code_challenge=\(Self.challenge)")
                    #expect(answer.errorCode == "VALIDATION_ERROR" && answer["location"] == nil, "\(redirect): \(answer.status) \(answer.text)")
                }
                for query in ["redirect_uri=https%3A%2F%2Fapp.example.com%2F", "redirect_uri=https%3A%2F%2Fapp.example.com%2F&code_challenge=plain"] {
                    #expect(try await world.start(query).errorCode == "VALIDATION_ERROR")
                }
            }
        }

        @Test("a key that is not known does not make the provider's keys be asked for again and again") func rotation()
            async throws
        {
            try await world { world in
                let known = try await world.signIn()
                #expect(known["code"] != nil, "\(known)")
                // Keys are fetched anew at most once a minute, so that nonsense costs one fetch.
                let rotated = try await world.signIn(["key": "r2"])
                #expect(rotated["error"] == "access_denied", "\(rotated)")
            }
        }

        @Test("providers are their tenant's alone, and their secrets nobody's") func providers() async throws {
            try await world { world in
                let owner = try world.host.token(world.owner)
                let list = try await world.host.get("/api/v1/auth/oidc/providers", token: owner)
                #expect(try list.json["providers"]?[0]?["has_secret"] == true && !list.text.contains("s&cret"))
                let sealed = try await TestDatabase.current.query("select position('s&cret:1'::bytea in client_secret) from identity.providers")
                #expect(try sealed[0].int32(0) == 0)
                let stranger = try world.host.token(try await Member.make(2))
                #expect(try await world.host.get("/api/v1/auth/oidc/providers", token: stranger).json["providers"]?.array?.isEmpty == true)
                #expect(
                    try await world.host.request("DELETE", "/api/v1/auth/oidc/providers/\(world.provider)", token: stranger).errorCode == "NOT_FOUND")
                let viewer = try world.host.token(try await Member.join(world.owner.tenant, number: 3, role: .viewer))
                #expect(try await world.host.get("/api/v1/auth/oidc/providers", token: viewer).errorCode == "FORBIDDEN")
                let shown = try await world.host.get("/api/v1/auth/oidc/providers/public?tenant=tenant-1")
                #expect(try shown.json["providers"]?[0]?["name"] == "Acme" && !shown.text.contains("client"))
                #expect(try await world.host.get("/api/v1/auth/oidc/providers/public?tenant=nobody").json["providers"]?.array?.isEmpty == true)
                for issuer in [
                    "http://idp.example.com", "https://127.0.0.2", "https://169.254.169.254", "ftp://x.example.com", "https://a@b.example.com",
                ] {
                    let answer = try await world.host.post(
                        "/api/v1/auth/oidc/providers", token: owner,
                        json: ["name": "x", "issuer": .string(issuer), "client_id": "c", "allowed_domains": ["example.test"]])
                    #expect(answer.errorCode == "VALIDATION_ERROR", "\(issuer): \(answer.text)")
                }
                #expect(try await world.host.request("DELETE", "/api/v1/auth/oidc/providers/\(world.provider)", token: owner).status == 204)
                #expect(try await world.start().errorCode == "NOT_FOUND")
                let lines = try await TestDatabase.current.query("select action from app.audit_log where action like 'sso.%' order by occurred_at")
                #expect(try lines.map { try $0.text(0) } == ["sso.provider_added", "sso.provider_removed"])
            }
        }

        @Test("asvs-31: a session that a provider vouched for stays in the provider's tenant") func session() async throws {
            let database = try TestDatabase.current
            let member = try await Member.make(1)
            let other = try await Member.make(2)
            let columns = "id, user_id, tenant_id, factors, address, user_agent, expires_at"
            func open(_ tenant: TenantID) async throws {
                _ = try await database.query(
                    "insert into identity.user_sessions (\(columns)) values (gen_random_uuid(), $1, $2, '{oidc}', '', '', now() + interval '1 day')",
                    [.id(member.user), .id(tenant)])
            }
            await #expect(throws: (any Error).self) { try await open(member.tenant) }
            _ = try await database.query(
                "insert into identity.provider_links (tenant_id, issuer, subject, user_id) values ($1, 'https://idp.test', 's', $2)",
                [.id(member.tenant), .id(member.user)])
            try await open(member.tenant)
            await #expect(throws: (any Error).self) { try await open(other.tenant) }
        }
    }
}
