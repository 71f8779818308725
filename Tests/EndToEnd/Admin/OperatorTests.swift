import Kernel
import Postgres
import TestSupport
import Testing
import Tokens

extension EndToEnd {
    /// Who becomes an operator of the installation, by what, and for how long.
    @Suite("Operators", .testDatabase) struct Operators {
        private func world(_ body: (RunningHost, TestDatabase, Person) async throws -> Void) async throws {
            let database = try TestDatabase.current
            let person = try await Person.make(1, in: try await database.tenant(1))
            try await RunningHost.run { host in try await body(host, database, person) }
        }

        @Test("a session with both factors gives an operator's token, which opens operators' routes and nothing else; no other token opens them")
        func token() async throws {
            try await world { host, database, person in
                let plain = try await host.logIn(person)
                let app = try await Authenticator.enrol(host, token: plain.access)
                func ask(_ token: String) async throws -> HTTPAnswer { try await host.request("POST", "/auth/operator", token: token) }
                #expect(try await ask(plain.access).status == 403, "no operator yet")
                try await person.member.appoint(.admin)
                let session = try await host.logIn(person, with: app)
                let given = try await ask(session.access)
                #expect(given.status == 200, "\(given.text)")
                #expect(try given.json["expires_in"] == 900 && given.json["operator"]?["role"] == "admin")
                #expect(given["cache-control"]?.contains("no-store") == true)
                let token = try #require(try given.json["access_token"]?.string)
                #expect(try await host.get("/admin/me", token: token).status == 200)
                #expect(try await host.get("/api/v1/admin/me", token: token).status == 200)
                for path in ["/auth/me", "/businesses", "/members", "/users/profile"] {
                    #expect(try await host.get(path, token: token).status == 401, "\(path)")
                }
                #expect(try await ask(token).status == 401, "an operator's token begets no other")
                #expect(try await host.get("/admin/me", token: session.access).status == 401)
                #expect(try await host.get("/admin/me").status == 401)
                let now = TimeSource.system.now()
                let ended = try host.sign(
                    OperatorClaims(user: person.user, session: session.session, id: .zero, issuedAt: now - .seconds(901)).json)
                #expect(try await host.get("/admin/me", token: ended).status == 401)
                #expect(try await host.get("/admin/me", headers: [("x-api-key", "tnk_aaaaaaaa_" + String(repeating: "a", count: 43))]).status == 401)
                #expect(try await host.get("/admin/me", headers: [("cookie", "__Host-tenantry_access=\(token)")]).status == 401)
                #expect(try await database.events("operator_sign_in", of: person.user) >= 1)
                // What ends the session ends the operator.
                #expect(try await host.post("/auth/logout", token: session.access, json: [:]).status == 204)
                #expect(try await host.get("/admin/me", token: token).status == 401)
            }
        }

        @Test("an operator who is a member of no tenant signs in for the installation alone, with both factors") func tenantless() async throws {
            try await world { host, database, person in
                let body: JSONObject = ["email": .string(person.email), "password": .string(person.password), "operator": true]
                try await person.member.appoint(.support)
                #expect(try await host.post("/auth/login", json: .object(body)).status == 403, "without a factor")
                let app = try await Authenticator.enrol(host, token: try await host.logIn(person).access)
                _ = try await database.query("delete from tenancy.memberships where user_id = $1", [.id(person.user)])
                func challenge() async throws -> String {
                    try #require(try await host.post("/auth/login", json: .object(body)).json["mfa_token"]?.string)
                }
                #expect(try await host.verify(try await challenge(), try app.wrongCode()).status == 401)
                let given = try await host.verify(try await challenge(), try app.code())
                #expect(try given.status == 200 && given.json["refresh_token"] == nil, "\(given.text)")
                let token = try #require(try given.json["access_token"]?.string)
                #expect(try await host.get("/admin/me", token: token).json["role"] == "support")
                #expect(try await host.request("DELETE", "/admin/session", token: token).status == 204)
                #expect(try await host.get("/admin/me", token: token).status == 401)
                let byCode = try await host.verify(try await challenge(), app.recoveryCodes[0], by: "recovery")
                #expect(try byCode.json["operator"]?["role"] == "support", "\(byCode.text)")
                // A stranger's sign-in for the installation gives nothing.
                _ = try await database.query("select identity.set_operator($1, null, null)", [.id(person.user)])
                #expect(try await host.verify(try await challenge(), app.recoveryCodes[1], by: "recovery").status == 403)
            }
        }

        @Test("what a role does not hold is refused, and a role that is taken or changed counts from the next call on") func roles() async throws {
            try await world { host, database, person in
                let tenant = person.member.tenant
                let boss = try await Person.make(2, in: tenant)
                try await boss.member.appoint(.admin)
                try await person.member.appoint(.support)
                let (admin, support) = (try host.operatorToken(boss.user), try host.operatorToken(person.user))
                #expect(try await host.get("/admin/tenants", token: support).status == 200)
                #expect(try await host.send("POST", "/admin/tenants/\(tenant)/suspend", token: support, json: [:]).status == 403)
                #expect(try await host.get("/admin/operators", token: support).status == 403)
                let raised = try await host.send("PUT", "/admin/operators", token: admin, json: ["email": .string(person.email), "role": "admin"])
                #expect(raised.status == 200, "\(raised.text)")
                #expect(try await host.get("/admin/operators", token: support).json["operators"]?.array?.count == 2)
                #expect(try await host.request("DELETE", "/admin/operators/\(person.user)", token: admin).status == 204)
                #expect(try await host.get("/admin/tenants", token: support).status == 403)
                #expect(try await host.request("DELETE", "/admin/operators/\(person.user)", token: admin).status == 404)
                #expect(try await host.request("DELETE", "/admin/operators/\(boss.user)", token: admin).status == 409, "the last admin")
                let nobody = try await host.send("PUT", "/admin/operators", token: admin, json: ["email": "nobody@example.test", "role": "support"])
                #expect(nobody.status == 400 && nobody.text.contains("email"))
                #expect(try await database.events("operator_appointed", of: boss.user) == 1)
                #expect(try await database.events("operator_dismissed", of: boss.user) == 1)
                _ = try await database.query("select identity.set_disabled($1, true)", [.id(boss.user)])
                #expect(try await host.get("/admin/me", token: admin).status == 401, "asvs-20: a user who is switched off")
            }
        }

        @Test("a session is no operator's when a provider opened it, when it is old, or when it is somebody else's") func sessions() async throws {
            try await world { host, database, person in
                try await person.member.appoint(.admin)
                func ask(_ factors: String, age: String = "0 hours") async throws -> HTTPAnswer {
                    let token = try await host.session(person.member)
                    _ = try await database.query(
                        """
                        update identity.user_sessions set factors = $1::text::text[], authenticated_at = now() - $2::text::interval
                        where id = (select id from identity.user_sessions order by created_at desc, id desc limit 1)
                        """, [.text(factors), .text(age)])
                    return try await host.request("POST", "/auth/operator", token: token)
                }
                #expect(try await ask("{password,totp}").status == 200)
                #expect(try await ask("{password,recovery_code}").status == 200)
                for factors in ["{password}", "{oidc}", "{oidc,totp}", "{totp}"] { #expect(try await ask(factors).status == 403, "\(factors)") }
                #expect(try await ask("{password,totp}", age: "13 hours").errorCode == "REAUTHENTICATION_REQUIRED")
                let token = try await host.session(person.member, scopes: ["mfa:*", "profile:read"])
                #expect(try await host.request("POST", "/auth/operator", token: token).status == 403, "a restricted token")
            }
        }
    }
}
