import Codes
import Kernel
import Postgres
import TestSupport
import Testing
import Tokens

extension EndToEnd {
    @Suite("Second factor", .testDatabase) struct SecondFactor {
        @Test("auth-03, auth-04: a secret is shown once, percent-encoded and as an image, and counts once a code has confirmed it")
        func enrolment() async throws {
            let person = try await Person.make(in: try await TestDatabase.current.tenant(1))
            try await RunningHost.run { host in
                let token = try await host.logIn(person).access
                #expect(try await host.get("/auth/mfa", token: token).json["enabled"] == false)
                let shown = try await host.post("/auth/mfa/totp", token: token, json: ["issuer": "A: B & C #1 ü"])
                #expect(shown.status == 200, "\(shown.text)")
                #expect(shown["cache-control"] == "no-store")
                let secret = try #require(try shown.json["secret"]?.string)
                let uri = try #require(try shown.json["otpauth_uri"]?.string)
                #expect(
                    uri == "otpauth://totp/A%3A%20B%20%26%20C%20%231%20%C3%BC:user-1%40example.test?secret=\(secret)"
                        + "&issuer=A%3A%20B%20%26%20C%20%231%20%C3%BC&algorithm=SHA1&digits=6&period=30")
                #expect(try shown.json["qr_svg"]?.string == QRCode(uri).svg)
                let png = try #require(try shown.json["qr_png"]?.string)
                #expect(Base64.standard.decode(png.prefix { $0 != "=" }) == (try QRCode(uri).png()))

                let state = try await host.get("/auth/mfa", token: token)
                #expect(try state.json["pending"] == true && state.json["enabled"] == false)
                #expect(!state.text.contains(secret))
                // Not confirmed: the password alone opens a session.
                _ = try await host.logIn(person)
                let app = Authenticator(secret: try #require(Base32.decode(secret)))
                func confirm(_ code: String) async throws -> HTTPAnswer {
                    try await host.post("/auth/mfa/totp/confirm", token: token, json: ["code": .string(code)])
                }
                #expect(try await confirm(app.wrongCode()).status == 401)
                #expect(try await confirm("12345").status == 400)
                let confirmed = try await confirm(app.code())
                #expect(try confirmed.json["recovery_codes"]?.array?.count == 10)
                #expect(try await confirm(app.code(1)).status == 409)
                #expect(try await host.post("/auth/mfa/totp", token: token, json: [:]).status == 409)
                #expect(try await host.get("/auth/mfa", token: token).json["recovery_codes_left"] == 10)
                _ = try await host.challenge(person)
                let database = try TestDatabase.current
                let stored = try await database.query("select secret from identity.totp_factors")[0].bytes(0)
                let plain = try #require(Base32.decode(secret))
                #expect(stored.count > plain.count && !stored.indices.contains { stored[$0...].starts(with: plain) })
                #expect(try await database.events("mfa_enrol", of: person.user) == 1)
            }
        }

        @Test("asvs-13: a code of the app opens one session and no second one, whoever sends it") func once() async throws {
            let person = try await Person.make(in: try await TestDatabase.current.tenant(1))
            try await RunningHost.run { host in
                let app = try await Authenticator.enrol(host, token: host.logIn(person).access)
                let first = try await host.challenge(person)
                let second = try await host.challenge(person)
                let code = try app.code()
                let opened = try await host.verify(first, code)
                let tokens = try Tokens(opened)
                #expect(opened["cache-control"] == "no-store")
                #expect(try await host.me(tokens.access) == 200)
                #expect(try await host.verify(second, code).errorCode == "INVALID_CREDENTIALS")
                #expect(try await host.verify(first, app.code(1)).errorCode == "UNAUTHENTICATED", "the challenge was used")
                _ = try Tokens(try await host.verify(second, app.code(1)))
                #expect(
                    try await TestDatabase.current.query("select count(*) from identity.user_sessions where factors @> '{password,totp}'")[0].int64(0)
                        == 3)
            }
        }

        @Test("asvs-14: recovery codes are hashed at rest and work once; new ones end the old") func recovery() async throws {
            let person = try await Person.make(in: try await TestDatabase.current.tenant(1))
            let database = try TestDatabase.current
            try await RunningHost.run { host in
                let mails = try await Mails.keep(host)
                let token = try await host.logIn(person).access
                let app = try await Authenticator.enrol(host, token: token)
                #expect(Set(app.recoveryCodes).count == 10)
                let stored = try await database.query("select encode(hash, 'hex') from identity.recovery_codes").map { try $0.text(0) }
                #expect(stored.count == 10)
                let all = try await database.query("select string_agg(r::text, ' ') from identity.recovery_codes r")[0].text(0)
                for code in app.recoveryCodes { #expect(!all.contains(code) && !all.contains(Hex.encode(Array(code.utf8)))) }

                let tokens = try Tokens(try await host.verify(host.challenge(person), app.recoveryCodes[3].lowercased(), by: "recovery"))
                #expect(try await host.get("/auth/mfa", token: tokens.access).json["recovery_codes_left"] == 9)
                #expect(try await host.verify(host.challenge(person), app.recoveryCodes[3], by: "recovery").status == 401)
                #expect(try await host.verify(host.challenge(person), "not a code at all", by: "recovery").status == 401)

                let renewed = try await host.post("/auth/mfa/recovery-codes", token: tokens.access, json: ["code": .string(try app.code())])
                #expect(try renewed.json["recovery_codes"]?.array?.count == 10)
                #expect(try await host.verify(host.challenge(person), app.recoveryCodes[5], by: "recovery").status == 401)
                #expect(try await mails.sent(to: person.email) == ["mfa_changed", "mfa_changed", "mfa_changed"])
            }
        }

        @Test("asvs-15: codes of two steps ago and two ahead open nothing") func window() async throws {
            let person = try await Person.make(in: try await TestDatabase.current.tenant(1))
            try await RunningHost.run { host in
                let app = try await Authenticator.enrol(host, token: host.logIn(person).access)
                _ = try await TestDatabase.current.query("update identity.totp_factors set last_step = null")
                let challenge = try await host.challenge(person)
                // Three, so that the turn of a step meanwhile does not bring them into the window.
                for steps in [-3, 3] { #expect(try await host.verify(challenge, app.code(steps)).status == 401) }
                #expect(try await host.verify(challenge, app.code()).status == 200)
            }
        }

        @Test("asvs-16: thirty wrong codes void a challenge with 429, and the right one comes too late; later ones wait longer") func guessing()
            async throws
        {
            let person = try await Person.make(in: try await TestDatabase.current.tenant(1))
            let database = try TestDatabase.current
            try await RunningHost.run { host in
                let app = try await Authenticator.enrol(host, token: host.logIn(person).access)
                let challenge = try await host.challenge(person)
                var statuses: [Int] = []
                for _ in 0..<30 { statuses.append(try await host.verify(challenge, app.wrongCode()).status) }
                #expect(statuses == [Int](repeating: 401, count: 5) + [Int](repeating: 429, count: 25))
                let late = try await host.verify(challenge, app.code())
                #expect(late.status == 429 && late["retry-after"] != nil)
                #expect(try await host.verify(challenge, app.recoveryCodes[0], by: "recovery").status == 429)
                let next = try await host.challenge(person)
                #expect(try await host.verify(next, app.wrongCode()).status == 401)
                #expect(try await host.verify(next, app.code()).status == 429, "the next one must wait")
                #expect(try await database.events("mfa_verify", "failed", of: person.user) == 6)
                // When the wait is over, the right code still opens.
                _ = try await database.query("update identity.failures set blocked_until = '-infinity' where kind = 'mfa'")
                #expect(try await host.verify(next, app.code()).status == 200)
                // Signed in, wrong codes are counted alike.
                let token = try Tokens(try await host.verify(host.challenge(person), app.code(1))).access
                var own: [Int] = []
                for _ in 0..<8 {
                    own.append(try await host.post("/auth/mfa/recovery-codes", token: token, json: ["code": .string(try app.wrongCode())]).status)
                }
                #expect(own.prefix(6).allSatisfy { $0 == 401 } && own.contains(429), "\(own)")
            }
        }

        @Test("asvs-12: a new password by mail does not switch the second factor off") func reset() async throws {
            let person = try await Person.make(in: try await TestDatabase.current.tenant(1))
            try await RunningHost.run { host in
                let mails = try await Mails.keep(host)
                let app = try await Authenticator.enrol(host, token: host.logIn(person).access)
                #expect(try await host.post("/auth/reset-password", json: ["email": .string(person.email)]).status == 202)
                let secret = try await mails.secret(to: person.email)
                // Eight characters are enough, since the password is not the only factor.
                let confirmed = try await host.post(
                    "/auth/reset-password/confirm", json: ["token": .string(secret), "password": "8 wolves"])
                #expect(confirmed.status == 200, "\(confirmed.text)")
                let answer = try await host.post("/auth/login", json: ["email": .string(person.email), "password": "8 wolves"])
                #expect(try answer.json["mfa_required"] == true && answer.json["access_token"] == nil)
                _ = try Tokens(try await host.verify(answer.json["mfa_token"]?.string ?? "", app.code()))
            }
        }

        @Test("asvs-22: an old session neither enrols nor removes a factor; a code does, and so does a session just opened with it") func fresh()
            async throws
        {
            let person = try await Person.make(in: try await TestDatabase.current.tenant(1))
            let database = try TestDatabase.current
            try await RunningHost.run { host in
                let token = try await host.logIn(person).access
                func age() async throws {
                    _ = try await database.query("update identity.user_sessions set authenticated_at = now() - interval '1 hour'")
                }
                func remove(_ token: String, _ code: String? = nil) async throws -> HTTPAnswer {
                    guard let code else { return try await host.delete("/auth/mfa/totp", token: token) }
                    return try await host.request(
                        "DELETE", "/auth/mfa/totp", token: token, headers: [("content-type", "application/json")],
                        body: Array(#"{"code": "\#(code)"}"#.utf8))
                }
                try await age()
                #expect(try await host.post("/auth/mfa/totp", token: token, json: [:]).errorCode == "REAUTHENTICATION_REQUIRED")
                let newer = try await host.logIn(person).access
                let app = try await Authenticator.enrol(host, token: newer)
                // Opened by the password alone, before there was a factor.
                #expect(try await remove(token).errorCode == "REAUTHENTICATION_REQUIRED")
                try await age()
                #expect(try await remove(newer).errorCode == "REAUTHENTICATION_REQUIRED")
                #expect(try await remove(newer, app.wrongCode()).status == 401)
                #expect(try await remove(newer, app.code()).status == 204)
                #expect(try await remove(newer, app.code(1)).status == 404)
                let again = try await host.logIn(person).access
                let second = try await Authenticator.enrol(host, token: again)
                let opened = try Tokens(try await host.verify(host.challenge(person), second.code()))
                #expect(try await remove(opened.access).status == 204)
                _ = try await host.logIn(person)
                #expect(try await database.events("mfa_disable", of: person.user) == 2)
            }
        }

        @Test("a tenant that requires a second factor lets a member without one enrol, and do the rest after the next refresh") func required()
            async throws
        {
            let tenant = try await TestDatabase.current.tenant(1)
            let person = try await Person.make(in: tenant)
            let database = try TestDatabase.current
            _ = try await database.query("update tenancy.tenants set mfa_required = true where id = $1", [.id(tenant)])
            try await RunningHost.run { host in
                let answer = try await host.post("/auth/login", json: ["email": .string(person.email), "password": .string(person.password)])
                #expect(try answer.json["mfa_enrolment_required"] == true)
                let tokens = try Tokens(answer)
                for path in ["/members", "/businesses", "/users/preferences", "/api-keys", "/tenant/security"] {
                    #expect(try await host.get(path, token: tokens.access).status == (path == "/users/preferences" ? 200 : 403), "\(path)")
                }
                #expect(
                    try await host.request(
                        "PUT", "/users/profile", token: tokens.access, headers: [("content-type", "application/json")],
                        body: Array(#"{"name": "x"}"#.utf8)
                    ).status == 403)
                // Who does not want to go on can leave.
                let again = try await host.post("/auth/login", json: ["email": .string(person.email), "password": .string(person.password)])
                let leaving = try Tokens(again)
                #expect(try await host.post("/auth/logout", token: leaving.access, json: [:]).status == 204)
                #expect(try await host.get("/auth/me", token: leaving.access).status == 401)
                // A refresh before it is set up gives no more.
                let still = try Tokens(try await host.refresh(tokens.refresh))
                #expect(try await host.get("/members", token: still.access).status == 403)
                let app = try await Authenticator.enrol(host, token: still.access)
                let full = try await host.refresh(still.refresh)
                #expect(try full.json["mfa_enrolment_required"] == nil)
                let token = try Tokens(full).access
                #expect(try await host.get("/members", token: token).status == 200)
                #expect(try await host.delete("/auth/mfa/totp", token: token).status == 409)
                let signedIn = try Tokens(try await host.verify(host.challenge(person), app.code()))
                #expect(try await host.get("/members", token: signedIn.access).status == 200)
            }
        }
    }
}
