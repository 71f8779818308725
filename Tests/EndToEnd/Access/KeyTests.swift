import Kernel
import Postgres
import TestSupport
import Testing
import Tokens

extension EndToEnd {
    @Suite("API keys", .testDatabase) struct Keys {
        /// A key's text and id.
        private func make(
            _ host: RunningHost, _ token: String, name: String = "one", scopes: [String] = ["probe:read"], expiresAt: Timestamp? = nil
        ) async throws -> (text: String, id: String) {
            var input: JSONObject = ["name": .string(name), "scopes": .array(scopes.map { .string($0) })]
            if let expiresAt { input["expires_at"] = .string("\(expiresAt)") }
            let answer = try await host.post("/api-keys", token: token, json: .object(input))
            try #require(answer.status == 201, "\(answer.text)")
            return (try #require(try answer.json["key"]?.string), try #require(try answer.json["api_key"]?["id"]?.string))
        }

        private func revoke(_ id: String, _ host: RunningHost, _ token: String) async throws -> Int {
            try await host.request("DELETE", "/api-keys/\(id)", token: token).status
        }

        @Test("auth-05: a key is shown once, stored as a hash, known by its prefix, opens what its scopes say, and ends at once")
        func life() async throws {
            let member = try await Member.make()
            let database = try TestDatabase.current
            try await RunningHost.run { host in
                let token = try host.token(member)
                let (text, id) = try await make(host, token)
                #expect(APIKeyText.hasForm(text))
                let caller = try await host.get("/probe/caller", token: text)
                #expect(caller.status == 200, "\(caller.text)")
                #expect(try caller.json["api_key"]?.string == id)
                #expect(try caller.json["user"]?.string == "\(member.user)")
                #expect(try caller.json["address"] == "127.0.0.1")
                #expect(try await host.get("/probe/caller", headers: [("X-API-Key", text)]).status == 200)
                #expect(try await host.get("/probe/machine", token: text).status == 200)
                #expect(try await host.get("/probe/machine", token: token).errorCode == "FORBIDDEN", "a route for keys alone")
                #expect(try await host.post("/probe/entries", token: text, json: ["number": 1, "text": "x"]).errorCode == "FORBIDDEN")

                let listed = try await host.get("/api-keys", token: token)
                let shown = try #require(try listed.json["api_keys"]?.array?.first)
                #expect(shown["prefix"]?.string == String(text.prefix(12)))
                #expect(shown["state"] == "active" && shown["scopes"] == ["probe:read"] && shown["created_by"]?.string == "\(member.user)")
                #expect(!listed.text.contains(text.suffix(43)))
                let rows = try await database.query("select hash, k::text from tenancy.api_keys k")
                #expect(try rows[0].bytes(0) == SHA256.hash(text).bytes)
                #expect(try !rows[0].text(1).contains(text.suffix(43)))
                try await host.eventually("its use is written") {
                    try await host.get("/api-keys", token: token).json["api_keys"]?.array?.first?["last_used_at"]?.string != nil
                }

                #expect(try await revoke(id, host, token) == 204)
                #expect(try await host.get("/probe/caller", token: text).errorCode == "UNAUTHENTICATED")
                #expect(try await revoke(id, host, token) == 204)
                #expect(try await revoke("\(UUID.zero)", host, token) == 404)
                #expect(try await host.get("/api-keys", token: token).json["api_keys"]?.array?.first?["state"] == "revoked")

                let soon = try await make(host, token, expiresAt: TimeSource.system.now() + .seconds(3))
                #expect(try await host.get("/probe/caller", token: soon.text).status == 200)
                try await host.eventually("it expires") { try await host.get("/probe/caller", token: soon.text).errorCode == "UNAUTHENTICATED" }
                let log = try await database.query("select action from app.audit_log where action like 'api_key.%' order by occurred_at, action")
                #expect(try log.map { try $0.text(0) } == ["api_key.created", "api_key.revoked", "api_key.revoked", "api_key.created"])
            }
        }

        @Test("auth-06: a key mints keys and roles only with the scope, and hands on only what it holds") func minting() async throws {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let token = try host.token(member)
                let plain = try await make(host, token, scopes: ["businesses:*", "probe:read"]).text
                let minting = try await make(host, token, scopes: ["keys:write", "roles:write", "probe:read"]).text
                let input: JSONValue = ["name": "two", "scopes": ["probe:read"]]
                let role: JSONValue = ["name": "support", "scopes": ["probe:read"]]
                for path in ["/api-keys", "/roles"] {
                    #expect(try await host.get(path, token: plain).errorCode == "FORBIDDEN")
                    #expect(try await host.get(path, token: minting).errorCode == "FORBIDDEN")
                }
                #expect(try await host.post("/api-keys", token: plain, json: input).errorCode == "FORBIDDEN")
                #expect(try await host.post("/roles", token: plain, json: role).errorCode == "FORBIDDEN")
                #expect(try await host.post("/roles", token: minting, json: role).status == 201)
                let second = try await host.post("/api-keys", token: minting, json: input)
                #expect(second.status == 201, "\(second.text)")
                #expect(try second.json["api_key"]?["created_by"]?.string == "\(member.user)")
                for scopes in [["businesses:read"], ["probe:read", "*:read"], ["probe:*"], ["keys:*"], ["audit:read"]] as [JSONValue] {
                    for (path, name) in [("/api-keys", "three"), ("/roles", "three")] {
                        let refused = try await host.post(path, token: minting, json: ["name": .string(name), "scopes": scopes])
                        #expect(refused.errorCode == (scopes == ["probe:read", "*:read"] ? "VALIDATION_ERROR" : "FORBIDDEN"), "\(scopes)")
                    }
                }
                let changed = try await host.request(
                    "PUT", "/roles/support", token: minting, headers: [("content-type", "application/json")],
                    body: Array(#"{"scopes": ["businesses:read"]}"#.utf8))
                #expect(changed.errorCode == "FORBIDDEN")
            }
        }

        @Test("asvs-29: kinds of proof are not mixed; what is personal or needs a member is closed to keys") func kinds() async throws {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let token = try host.token(member)
                let key = try await make(host, token, scopes: ["probe:*", "businesses:*", "members:*"]).text
                #expect(try await host.get("/auth/me", token: key).errorCode == "FORBIDDEN")
                #expect(try await host.get("/probe/member", token: key).errorCode == "FORBIDDEN")
                #expect(try await host.get("/probe/member", token: token).status == 200)
                #expect(try await host.get("/probe/caller", headers: [("X-API-Key", token)]).errorCode == "UNAUTHENTICATED")
                #expect(try await host.get("/probe/caller", token: token, headers: [("X-API-Key", key)]).errorCode == "UNAUTHENTICATED")
                #expect(
                    try await host.get("/probe/caller", headers: [("X-API-Key", key), ("X-API-Key", key)]).errorCode == "BAD_REQUEST")
                for wrong in [String(key.dropLast()) + (key.last == "A" ? "B" : "A"), APIKeyText().text, "tnk_", key + "x", "x" + key] {
                    #expect(try await host.get("/probe/caller", token: wrong).errorCode == "UNAUTHENTICATED")
                    #expect(try await host.get("/probe/caller", headers: [("X-API-Key", wrong)]).errorCode == "UNAUTHENTICATED")
                }
                for scope in ["profile:read", "sessions:*", "mfa:write"] {
                    let refused = try await host.post("/api-keys", token: token, json: ["name": "x", "scopes": [.string(scope)]])
                    #expect(refused.errorCode == "VALIDATION_ERROR")
                    #expect(try refused.json["error"]?["details"]?["field"] == "scopes[0]")
                }
                // A token that is good for some things only, such as one to enrol a second factor with.
                let narrow = try host.token(member, scopes: [try #require(Scope(rawValue: "profile:read"))])
                #expect(try await host.get("/auth/me", token: narrow).status == 200)
                for path in ["/probe/caller", "/probe/member", "/businesses", "/api-keys"] {
                    #expect(try await host.get(path, token: narrow).errorCode == "FORBIDDEN", "\(path)")
                }
                #expect(try await host.post("/internal/probe", token: token, json: [:]).errorCode == "NOT_FOUND")
            }
        }

        @Test("a key never does more than its maker may at the time, and ends with the maker's membership for good") func maker() async throws {
            let owner = try await Member.make()
            let maker = try await Member.join(owner.tenant, number: 2, role: .admin)
            let database = try TestDatabase.current
            func change(_ sql: String) async throws {
                _ = try await database.query(sql, [.id(maker.tenant), .id(maker.user)])
                _ = try await database.query("select pg_notify('tenancy_changed', $1)", [.text("\(maker.tenant)")])
            }
            try await RunningHost.run { host in
                try await host.eventually("changes are heard") { try await host.get("/health/ready").text.contains(#""directory":"ok""#) }
                let key = try await make(host, try host.token(maker), scopes: ["businesses:*", "probe:*"]).text
                let writes: () async throws -> HTTPAnswer = { try await host.post("/businesses", token: key, json: ["name": "B"]) }
                #expect(try await writes().status == 201)
                try await change("update tenancy.memberships set role = 'viewer', epoch = epoch + 1 where tenant_id = $1 and user_id = $2")
                try await host.eventually("the maker is a viewer") { try await writes().errorCode == "FORBIDDEN" }
                #expect(try await host.get("/businesses", token: key).status == 200)
                try await change("update tenancy.memberships set disabled = true, epoch = epoch + 1 where tenant_id = $1 and user_id = $2")
                try await host.eventually("asvs-20: the maker is switched off") {
                    try await host.get("/businesses", token: key).errorCode == "UNAUTHENTICATED"
                }
                #expect(try await host.get("/businesses", token: try host.token(maker, epoch: 9)).errorCode == "UNAUTHENTICATED")
                try await change("update tenancy.memberships set disabled = false where tenant_id = $1 and user_id = $2")
                try await host.eventually("and on again") { try await host.get("/businesses", token: key).status == 200 }
                try await change("delete from tenancy.memberships where tenant_id = $1 and user_id = $2")
                try await host.eventually("the maker is gone") { try await host.get("/businesses", token: key).errorCode == "UNAUTHENTICATED" }
                try await change("insert into tenancy.memberships (tenant_id, user_id, role) values ($1, $2, 'owner')")
                try await host.eventually("the maker is back") { try await host.get("/businesses", token: try host.token(maker)).status == 200 }
                #expect(try await host.get("/businesses", token: key).errorCode == "UNAUTHENTICATED")
                let listed = try await host.get("/api-keys", token: try host.token(owner))
                #expect(try listed.json["api_keys"]?.array?.first?["state"] == "revoked")
            }
        }

        @Test("20 at once: a tenant's last places are given once each, a key is revoked by all, and no repeated request shows a secret again")
        func parallel() async throws {
            let member = try await Member.make()
            let other = try await Member.make(2)
            let database = try TestDatabase.current
            try await database.execute(
                """
                insert into tenancy.api_keys (tenant_id, id, prefix, hash, name, scopes, created_by)
                select '\(member.tenant)', gen_random_uuid(), 'aaaaaaaa', sha256(n::text::bytea), 'k', '{probe:read}', '\(member.user)'
                from generate_series(1, 193) n
                """)
            try await RunningHost.run { host in
                let token = try host.token(member)
                let statuses = try await all(20) { number in
                    try await host.post("/api-keys", token: token, json: ["name": .string("key \(number)"), "scopes": ["probe:read"]]).status
                }
                #expect(statuses.count { $0 == 201 } == 7 && statuses.count { $0 == 409 } == 13, "\(statuses)")
                let id = try #require(try await host.get("/api-keys", token: token).json["api_keys"]?.array?.first?["id"]?.string)
                #expect(try await revoke(id, host, try host.token(other)) == 404, "another tenant's key")
                #expect(try await host.get("/api-keys", token: try host.token(other)).json["api_keys"] == [])
                #expect(try await all(20) { _ in try await revoke(id, host, token) } == Array(repeating: 204, count: 20))
                let again: () async throws -> HTTPAnswer = {
                    try await host.request(
                        "POST", "/api-keys", token: token, headers: [("content-type", "application/json"), ("idempotency-key", "once")],
                        body: Array(#"{"name": "once", "scopes": ["probe:read"]}"#.utf8))
                }
                #expect(try await again().status == 201)
                #expect(try await again().errorCode == "IDEMPOTENCY_ANSWER_NOT_KEPT")
                #expect(try await database.query("select from tenancy.api_keys where name = 'once'").count == 1)
                #expect(try await database.query("select from tenancy.answers where body is not null").isEmpty)
            }
        }

        @Test("auth-11: a key has the calls of a user to itself, and its refusal says so") func rate() async throws {
            let member = try await Member.make()
            var options = RunningHost.Options()
            options.environment = ["TENANTRY_RATE_USER": "6/h burst 6"]
            try await RunningHost.run(options) { host in
                let token = try host.token(member)
                let key = try await make(host, token).text
                for _ in 0..<6 { #expect(try await host.get("/probe/caller", token: key).status == 200) }
                let refused = try await host.get("/probe/caller", token: key)
                #expect(refused.errorCode == "TOO_MANY_REQUESTS")
                #expect(refused["ratelimit-policy"]?.contains("\"key\"") == true)
                #expect(refused["retry-after"] != nil)
                #expect(try await host.get("/probe/caller", token: token).status == 200, "its maker still calls")
            }
        }
    }
}

/// The results of so many runs at once.
func all<R: Sendable>(_ count: Int, _ run: @escaping @Sendable (Int) async throws -> R) async throws -> [R] {
    try await withThrowingTaskGroup(of: R.self) { group in
        for number in 0..<count { group.addTask { try await run(number) } }
        var results: [R] = []
        for try await result in group { results.append(result) }
        return results
    }
}
