import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// Sessions as their owner sees and ends them.
    @Suite("Sessions", .testDatabase) struct Sessions {
        private func changePassword(_ host: RunningHost, _ token: String, _ current: String?, _ new: String) async throws -> HTTPAnswer {
            var body: JSONObject = ["new_password": .string(new)]
            if let current { body["current_password"] = .string(current) }
            return try await host.post("/auth/change-password", token: token, json: .object(body))
        }

        @Test("asvs-18, asvs-19: each sign-in is a session of its own; logging out ends one, for its access token too") func logOut() async throws {
            let database = try TestDatabase.current
            let person = try await Person.make(in: try await database.tenant(1))
            try await RunningHost.run { host in
                try await host.eventually("changes are heard") { try await host.get("/health/ready").text.contains(#""directory":"ok""#) }
                let (first, second) = (try await host.logIn(person), try await host.logIn(person))
                #expect(first.session != second.session && first.refresh != second.refresh)
                #expect(try await host.post("/auth/logout", token: first.access, json: [:]).status == 204)
                try await host.eventually("the access token is refused") { try await host.me(first.access) == 401 }
                #expect(try await host.refresh(first.refresh).status == 401)
                #expect(try await host.me(second.access) == 200)
                #expect(try await host.refresh(second.refresh).status == 200)
                #expect(try await database.events("logout", of: person.user) == 1)
            }
        }

        @Test("asvs-23: one sees one's own sessions with device and times, and ends them; nobody else's") func list() async throws {
            let database = try TestDatabase.current
            let tenant = try await database.tenant(1)
            let (ann, bob) = (try await Person.make(1, in: tenant), try await Person.make(2, in: tenant))
            try await RunningHost.run { host in
                try await host.eventually("changes are heard") { try await host.get("/health/ready").text.contains(#""directory":"ok""#) }
                let body: JSONValue = ["email": .string(ann.email), "password": .string(ann.password)]
                let login = try await host.request(
                    "POST", "/auth/login", headers: [("content-type", "application/json"), ("User-Agent", "Tester/1 \u{202E}of tests")],
                    body: Array(body.description.utf8))
                let first = try Tokens(login)
                let (second, third, others) = (try await host.logIn(ann), try await host.logIn(ann), try await host.logIn(bob))
                let items = try #require(try await host.get("/auth/sessions", token: second.access).json["items"]?.array)
                #expect(items.count == 3)
                #expect(items.filter { $0["current"] == true }.map { $0["id"]?.string } == [second.session.description])
                let shown = try #require(items.first { $0["id"]?.string == first.session.description })
                #expect(shown["user_agent"] == "Tester/1 of tests")
                #expect(shown["address"] == "127.0.0.1")
                #expect(shown["tenant_slug"] == "tenant-1")
                for name in ["created_at", "last_used_at", "expires_at"] { #expect(shown[name]?.string.flatMap { Timestamp($0) } != nil) }

                #expect(try await host.delete("/auth/sessions/\(others.session)", token: second.access).status == 404)
                #expect(try await host.delete("/auth/sessions/\(UUID.zero)", token: second.access).status == 404)
                #expect(try await host.delete("/auth/sessions/\(first.session)", token: second.access).status == 204)
                #expect(try await host.delete("/auth/sessions/\(first.session)", token: second.access).status == 404)
                try await host.eventually("the access token is refused") { try await host.me(first.access) == 401 }
                #expect(try await host.refresh(first.refresh).status == 401)
                let rest = try await host.delete("/auth/sessions", token: second.access)
                #expect(rest.status == 200)
                #expect(try rest.json["ended"] == 1)
                #expect(try await host.refresh(third.refresh).status == 401)
                #expect(try await host.refresh(second.refresh).status == 200)
                #expect(try await host.refresh(others.refresh).status == 200)
            }
        }

        @Test("asvs-06, asvs-21: the password changes for who knows the current one; all other sessions end, and a mail tells") func change()
            async throws
        {
            let database = try TestDatabase.current
            let person = try await Person.make(in: try await database.tenant(1))
            try await RunningHost.run { host in
                try await host.eventually("changes are heard") { try await host.get("/health/ready").text.contains(#""directory":"ok""#) }
                let mails = try await Mails.keep(host)
                let (own, other) = (try await host.logIn(person), try await host.logIn(person))
                let new = "another fish on wheels"
                for current in [nil, "not the password at all"] {
                    let refused = try await changePassword(host, own.access, current, new)
                    #expect(refused.status == 400 && refused.errorCode == "VALIDATION_ERROR", "\(refused.text)")
                    #expect(try refused.json["error"]?["details"]?["field"] == "current_password")
                }
                for (bad, word) in [
                    ("short", "at least"), ("passwordpassword", "common"), ("User User User 1", "own names"), ("tenant-1 tenant-1", "own"),
                ] {
                    let refused = try await changePassword(host, own.access, person.password, bad)
                    #expect(refused.status == 400)
                    #expect(try refused.json["error"]?["details"]?["issue"]?.string?.contains(word) == true, "\(bad): \(refused.text)")
                }
                #expect(try await host.refresh(other.refresh).status == 200)
                let changed = try await changePassword(host, own.access, person.password, new)
                #expect(changed.status == 200, "\(changed.text)")
                try await host.eventually("the other access token is refused") { try await host.me(other.access) == 401 }
                #expect(try await host.refresh(other.refresh).status == 401)
                #expect(try await host.me(own.access) == 200)
                #expect(try await host.refresh(own.refresh).status == 200)
                let old = try await host.post("/auth/login", json: ["email": .string(person.email), "password": .string(person.password)])
                #expect(old.status == 401)
                #expect(try await host.post("/auth/login", json: ["email": .string(person.email), "password": .string(new)]).status == 200)
                #expect(try await mails.sent(to: person.email).last == "password_changed")
                #expect(try await database.events("change_password", of: person.user) == 1)
            }
        }

        @Test("asvs-22: an old session must prove again who uses it before the address changes") func fresh() async throws {
            let database = try TestDatabase.current
            let person = try await Person.make(in: try await database.tenant(1))
            try await RunningHost.run { host in
                let mails = try await Mails.keep(host)
                let tokens = try await host.logIn(person)
                func ask(_ password: String?) async throws -> HTTPAnswer {
                    var body: JSONObject = ["email": "new-address@example.test"]
                    if let password { body["current_password"] = .string(password) }
                    return try await host.post("/auth/change-email", token: tokens.access, json: .object(body))
                }
                _ = try await database.query("update identity.user_sessions set authenticated_at = now() - interval '16 minutes'")
                #expect(try await ask(nil).status == 400)
                #expect(try await ask("a wrong password here").status == 400)
                #expect(try await mails.sent(to: "new-address@example.test").isEmpty)
                let asked = try await ask(person.password)
                #expect(asked.status == 202, "\(asked.text)")
                // The password made the session fresh.
                #expect(try await ask(nil).status == 202)
                let secret = try await mails.secret(to: "new-address@example.test")
                let confirmed = try await host.post("/auth/change-email/confirm", json: ["token": .string(secret)])
                #expect(confirmed.status == 200, "\(confirmed.text)")
                #expect(try await host.post("/auth/change-email/confirm", json: ["token": .string(secret)]).status == 400)
                #expect(try await host.get("/auth/me", token: tokens.access).json["user"]?["email"] == "new-address@example.test")
                #expect(try await mails.sent(to: person.email).last == "email_changed")
                let login = try await host.post("/auth/login", json: ["email": "New-Address@Example.test", "password": .string(person.password)])
                #expect(login.status == 200)
            }
        }

        @Test("asvs-22: who has no password proves with a fresh session, or signs in anew") func withoutPassword() async throws {
            let database = try TestDatabase.current
            let person = try await Person.make(in: try await database.tenant(1))
            try await RunningHost.run { host in
                let tokens = try await host.logIn(person)
                _ = try await database.query("delete from identity.credentials where user_id = $1", [.id(person.user)])
                _ = try await database.query("update identity.user_sessions set authenticated_at = now() - interval '16 minutes'")
                let stale = try await changePassword(host, tokens.access, nil, "a first fish on wheels")
                #expect(stale.status == 403 && stale.errorCode == "REAUTHENTICATION_REQUIRED", "\(stale.text)")
                _ = try await database.query("update identity.user_sessions set authenticated_at = now()")
                #expect(try await changePassword(host, tokens.access, nil, "a first fish on wheels").status == 200)
            }
        }

        @Test("auth-09: a token is for one tenant; switching gives another, beside it and no longer than it") func switching() async throws {
            let database = try TestDatabase.current
            let (one, two, three) = (try await database.tenant(1), try await database.tenant(2), try await database.tenant(3))
            let person = try await Person.make(1, in: one)
            _ = try await Member.join(two, number: 1, role: .viewer)
            _ = try await Person.make(2, in: three)
            try await RunningHost.run { host in
                let tokens = try await host.logIn(person, tenant: "tenant-1")
                let me = try await host.get("/auth/me", token: tokens.access)
                #expect(try me.json["tenants"]?.array?.count == 2)
                #expect(try me.json["session_id"]?.string == tokens.session.description)
                for tenant in ["tenant-3", "nobody", "\(three)"] {
                    #expect(try await host.post("/auth/switch-tenant", token: tokens.access, json: ["tenant": .string(tenant)]).status == 404)
                }
                _ = try await database.query(
                    "update identity.user_sessions set expires_at = now() + interval '3 h', authenticated_at = now() - interval '1 h'")
                let answer = try await host.post("/auth/switch-tenant", token: tokens.access, json: ["tenant": "tenant-2"])
                let switched = try Tokens(answer)
                #expect(try answer.json["tenant"]?["id"]?.string == two.description)
                #expect(try await host.get("/auth/me", token: switched.access).json["role"] == "viewer")
                #expect(try await host.post("/businesses", token: switched.access, json: ["name": "x"]).status == 403)
                #expect(try await host.get("/auth/me", token: tokens.access).json["role"] == "owner")
                #expect(try Tokens(try await host.refresh(switched.refresh)).session == switched.session)
                let same = try await database.query(
                    """
                    select count(distinct expires_at), count(distinct authenticated_at), count(*) from identity.user_sessions where user_id = $1
                    """, [.id(person.user)])
                #expect(try same[0].int64(0) == 1 && same[0].int64(1) == 1 && same[0].int64(2) == 2)
            }
        }
    }
}
