import Kernel
import Postgres
import TestSupport
import Testing
import Tokens

extension EndToEnd {
    /// Refresh tokens: two tabs and lost answers keep a session, an old token ends it.
    @Suite("Refresh", .testDatabase) struct Refresh {
        private static func age(_ session: UUID, seconds: Int32) async throws {
            _ = try await TestDatabase.current.query(
                "update identity.user_sessions set refreshed_at = refreshed_at - $2 * interval '1 second' where id = $1",
                [.uuid(session), .int32(seconds)])
        }

        @Test("auth-01: the access token lives 15 minutes, and a refresh gives a new pair") func pair() async throws {
            let tenant = try await TestDatabase.current.tenant(1)
            let person = try await Person.make(in: tenant)
            try await RunningHost.run { host in
                let first = try await host.logIn(person)
                let claims = try JSON.read(try #require(Base64.url.decode(first.access.split(separator: ".")[1])))
                let expiry = try #require(claims["exp"]?.integer)
                let issued = try #require(claims["iat"]?.integer)
                #expect(expiry - issued == 900)
                #expect(claims["sid"]?.string == first.session.description)
                let answer = try await host.refresh(first.refresh)
                let second = try Tokens(answer)
                #expect(answer["cache-control"] == "no-store")
                #expect(second.session == first.session)
                #expect(second.refresh != first.refresh && second.access != first.access)
                #expect(try await host.me(second.access) == 200)
                #expect(try Tokens(try await host.refresh(second.refresh)).session == first.session)
                #expect(try await TestDatabase.current.events("refresh", of: person.user) == 2)
            }
        }

        @Test("pitfall 44: 50 parallel refreshes of one token give one session the same successor, and nobody is signed out")
        func parallel() async throws {
            let database = try TestDatabase.current
            let person = try await Person.make(in: try await database.tenant(1))
            try await RunningHost.run { host in
                let first = try await host.logIn(person)
                let answers = try await withThrowingTaskGroup(of: HTTPAnswer.self) { group in
                    for _ in 0..<50 { group.addTask { try await host.refresh(first.refresh) } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(answers.allSatisfy { $0.status == 200 }, "\(answers.filter { $0.status != 200 }.map(\.text))")
                #expect(Set(try answers.map { try Tokens($0).refresh }).count == 1)
                let rows = try await database.query(
                    "select count(*) filter (where ended_at is null), count(*), max(counter) from identity.user_sessions")
                #expect(try rows[0].int64(0) == 1 && rows[0].int64(1) == 1 && rows[0].int64(2) == 1)
                let next = try Tokens(answers[0])
                #expect(try await host.me(next.access) == 200)
                #expect(try await host.refresh(next.refresh).status == 200)
                #expect(try await database.events("refresh_replay", "refused") == 0)
            }
        }

        @Test("asvs-30, pitfall 44: the token before the newest, once its interval is over, ends the session and all its tokens, and leaves a record")
        func replayAfterInterval() async throws {
            let database = try TestDatabase.current
            let person = try await Person.make(in: try await database.tenant(1))
            try await RunningHost.run { host in
                let first = try await host.logIn(person)
                let second = try Tokens(try await host.refresh(first.refresh))
                // Inside the interval: a second tab.
                #expect(try Tokens(try await host.refresh(first.refresh)).refresh == second.refresh)
                try await Self.age(first.session, seconds: 61)
                let replay = try await host.refresh(first.refresh)
                #expect(replay.status == 401 && replay.errorCode == "UNAUTHENTICATED")
                #expect(try await host.refresh(second.refresh).status == 401)
                try await host.eventually("the access token is refused") { try await host.me(second.access) == 401 }
                #expect(try await host.me(first.access) == 401)
                #expect(try await database.events("refresh_replay", "refused", of: person.user) == 1)
                let reason = try await database.query("select end_reason from identity.user_sessions where id = $1", [.uuid(first.session)])
                #expect(try reason[0].text(0) == "replay")
                // A new sign-in is not touched by it.
                #expect(try await host.refresh(try await host.logIn(person).refresh).status == 200)
            }
        }

        @Test("asvs-30: a token older than the one before the newest ends the session at once") func olderToken() async throws {
            let person = try await Person.make(in: try await TestDatabase.current.tenant(1))
            try await RunningHost.run { host in
                let first = try await host.logIn(person)
                let second = try Tokens(try await host.refresh(first.refresh))
                let third = try Tokens(try await host.refresh(second.refresh))
                #expect(try await host.refresh(first.refresh).status == 401)
                #expect(try await host.refresh(third.refresh).status == 401)
            }
        }

        @Test("asvs-30: with an interval of zero the second use of a token ends the session") func noInterval() async throws {
            let database = try TestDatabase.current
            let person = try await Person.make(in: try await database.tenant(1))
            try await database.execute("update identity.settings set refresh_reuse_seconds = 0")
            try await RunningHost.run { host in
                let first = try await host.logIn(person)
                let second = try Tokens(try await host.refresh(first.refresh))
                #expect(try await host.refresh(first.refresh).status == 401)
                #expect(try await host.refresh(second.refresh).status == 401)
            }
        }

        @Test("a session ends when it was not used for a week, and after thirty days however it is used") func lifetimes() async throws {
            let database = try TestDatabase.current
            let person = try await Person.make(in: try await database.tenant(1))
            try await RunningHost.run { host in
                let idle = try await host.logIn(person)
                try await Self.age(idle.session, seconds: 7 * 86_400 - 60)
                let used = try Tokens(try await host.refresh(idle.refresh))
                try await Self.age(idle.session, seconds: 7 * 86_400 + 1)
                #expect(try await host.refresh(used.refresh).status == 401)
                let old = try await host.logIn(person)
                let rows = try await database.query(
                    "select extract(epoch from expires_at - created_at)::int8 from identity.user_sessions where id = $1", [.uuid(old.session)])
                #expect(try rows[0].int64(0) == 30 * 86_400)
                _ = try await database.query(
                    "update identity.user_sessions set expires_at = now() - interval '1 s' where id = $1", [.uuid(old.session)])
                #expect(try await host.refresh(old.refresh).status == 401)
            }
        }

        @Test("asvs-29: kinds of tokens do not stand in for each other") func kinds() async throws {
            let database = try TestDatabase.current
            let person = try await Person.make(in: try await database.tenant(1))
            try await RunningHost.run { host in
                let tokens = try await host.logIn(person)
                let secret = OneTimeSecret()
                _ = try await database.query(
                    """
                    insert into identity.one_time_tokens (hash, purpose, user_id, expires_at) values ($1, 'reset_password', $2, now() + interval '1 h')
                    """, [.bytes(secret.hash), .id(person.user)])
                for text in [tokens.refresh, secret.text] { #expect(try await host.me(text) == 401) }
                for text in [tokens.access, secret.text, tokens.refresh + "A", String(tokens.refresh.dropLast()), "x"] {
                    #expect(try await host.refresh(text).status == 401, "\(text)")
                }
                for text in [tokens.access, tokens.refresh] {
                    for path in ["/auth/verify-email", "/auth/change-email/confirm"] {
                        #expect(try await host.post(path, json: ["token": .string(text)]).status == 400)
                    }
                    let reset = try await host.post(
                        "/auth/reset-password/confirm", json: ["token": .string(text), "password": "quite another fish 7"])
                    #expect(reset.status == 400)
                }
                // A secret is good for its own purpose alone.
                #expect(try await host.post("/auth/verify-email", json: ["token": .string(secret.text)]).status == 400)
                #expect(try await host.post("/auth/change-email/confirm", json: ["token": .string(secret.text)]).status == 400)
            }
        }

        @Test("asvs-20: who is switched off, or removed from the tenant, is out at once, refresh token and access token") func out() async throws {
            let database = try TestDatabase.current
            let tenant = try await database.tenant(1)
            let (disabled, removed) = (try await Person.make(1, in: tenant), try await Person.make(2, in: tenant))
            try await RunningHost.run { host in
                try await host.eventually("changes are heard") { try await host.get("/health/ready").text.contains(#""directory":"ok""#) }
                let (first, second) = (try await host.logIn(disabled), try await host.logIn(removed))
                #expect(try await host.me(first.access) == 200)
                #expect(try await host.me(second.access) == 200)
                _ = try await database.query("select identity.set_disabled($1, true)", [.id(disabled.user)])
                try await host.eventually("the access token is refused") { try await [401, 403].contains(host.me(first.access)) }
                #expect(try await host.refresh(first.refresh).status == 401)
                let again = try await host.post("/auth/login", json: ["email": .string(disabled.email), "password": .string(disabled.password)])
                #expect(again.status == 401 && again.errorCode == "INVALID_CREDENTIALS")
                _ = try await database.query("delete from tenancy.memberships where user_id = $1", [.id(removed.user)])
                _ = try await database.query("select pg_notify('tenancy_changed', $1)", [.text("\(tenant)")])
                try await host.eventually("the access token is refused") { try await [401, 403].contains(host.me(second.access)) }
                #expect(try await host.refresh(second.refresh).status == 401)
                _ = try await database.query("select identity.set_disabled($1, false)", [.id(disabled.user)])
                #expect(try await host.refresh(first.refresh).status == 401)
                try await host.eventually("a new sign-in works") { try await host.me(try await host.logIn(disabled).access) == 200 }
            }
        }

        @Test("cookies: the tokens stand in no body, and a refresh by cookie needs the CSRF token") func cookies() async throws {
            let person = try await Person.make(in: try await TestDatabase.current.tenant(1))
            try await RunningHost.run { host in
                let login = try await host.post(
                    "/auth/login", json: ["email": .string(person.email), "password": .string(person.password), "cookies": true])
                #expect(login.status == 200, "\(login.text)")
                #expect(try login.json["access_token"] == nil && login.json["refresh_token"] == nil)
                var jar: [String: String] = [:]
                for line in login.headers where line.name.lowercased() == "set-cookie" {
                    #expect(line.value.contains("; Path=/; Secure") && !line.value.contains("Domain"), "\(line.value)")
                    #expect(line.value.contains("HttpOnly") != line.value.hasPrefix("__Host-tenantry_csrf="))
                    let pair = line.value.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
                    jar[String(pair[0])] = String(pair[1])
                }
                #expect(Set(jar.keys) == ["__Host-tenantry_access", "__Host-tenantry_refresh", "__Host-tenantry_csrf"])
                let cookie = ("Cookie", jar.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: "; "))
                let csrf = ("X-CSRF-Token", jar["__Host-tenantry_csrf"] ?? "")
                for headers in [[cookie], [cookie, ("X-CSRF-Token", "AAAAAAAAAAAAAAAAAAAAAA")]] {
                    #expect(try await host.request("POST", "/auth/refresh", headers: headers).status == 403)
                }
                let refreshed = try await host.request("POST", "/auth/refresh", headers: [cookie, csrf])
                #expect(refreshed.status == 200, "\(refreshed.text)")
                #expect(refreshed.headers.count { $0.name.lowercased() == "set-cookie" } == 3)
                #expect(try refreshed.json["refresh_token"] == nil)
                #expect(try await host.request("GET", "/auth/me", headers: [cookie]).status == 200)
                #expect(try await host.request("POST", "/auth/logout", headers: [cookie]).status == 403)
                let out = try await host.request("POST", "/auth/logout", headers: [cookie, csrf])
                #expect(out.status == 204, "\(out.text)")
                #expect(out.headers.count { $0.name.lowercased() == "set-cookie" && $0.value.contains("Max-Age=0") } == 3)
                try await host.eventually("the cookie is refused") { try await host.request("GET", "/auth/me", headers: [cookie]).status == 401 }
            }
        }
    }
}
