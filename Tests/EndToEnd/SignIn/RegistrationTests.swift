import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// From a name and an address to a tenant of one's own, and back in after the password was lost.
    @Suite("Registration", .testDatabase) struct Registration {
        private static let password = "a tandem for two fish"

        private func register(
            _ host: RunningHost, _ email: String, password: String = Registration.password, organization: String = "Fish & Söhne"
        ) async throws -> HTTPAnswer {
            try await host.post(
                "/auth/register",
                json: [
                    "email": .string(email), "password": .string(password), "name": "Ann Example", "organization": .string(organization),
                ])
        }

        private func verify(_ host: RunningHost, _ secret: String) async throws -> HTTPAnswer {
            try await host.post("/auth/verify-email", json: ["token": .string(secret)])
        }

        private func logIn(_ host: RunningHost, _ email: String, _ password: String = Registration.password) async throws -> HTTPAnswer {
            try await host.post("/auth/login", json: ["email": .string(email), "password": .string(password)])
        }

        @Test("auth-10: registering makes user, tenant and membership when the address is verified, once; the address counts in any case")
        func whole() async throws {
            let database = try TestDatabase.current
            try await RunningHost.run { host in
                let mails = try await Mails.keep(host)
                let asked = try await register(host, "Ann@Example.TEST")
                #expect(asked.status == 202, "\(asked.text)")
                #expect(try await database.query("select count(*) from identity.users")[0].int64(0) == 0)
                #expect(try await logIn(host, "ann@example.test").status == 401)
                let secret = try await mails.secret(to: "ann@example.test")
                let verified = try await verify(host, secret)
                #expect(verified.status == 200, "\(verified.text)")
                #expect(try verified.json["tenant"]?["slug"] == "fish-s-hne")
                #expect(try verified.json["tenant"]?["role"] == "owner")
                #expect(try await verify(host, secret).status == 400)
                let login = try await logIn(host, "ANN@example.test")
                #expect(login.status == 200, "\(login.text)")
                #expect(try login.json["tenant"]?["name"] == "Fish & Söhne")
                let me = try await host.get("/auth/me", token: try Tokens(login).access)
                #expect(try me.json["user"]?["email"] == "ann@example.test" && me.json["role"] == "owner")
                #expect(try await host.post("/businesses", token: try Tokens(login).access, json: ["name": "First"]).status == 201)
                // The same name again: another slug. Letters that only look alike are another address.
                #expect(try await register(host, "аnn@example.test").status == 202)
                let second = try await verify(host, try await mails.secret(to: "аnn@example.test"))
                #expect(try second.json["tenant"]?["slug"] == "fish-s-hne-2", "\(second.text)")
                // The secret's row keeps nothing of what it made.
                #expect(
                    try await database.query(
                        "select count(*) from identity.one_time_tokens where purpose = 'verify_email' and details <> '{}'")[0].int64(0) == 0)
            }
        }

        @Test("asvs-10: an address that exists gets the same answer, and only the mail tells") func known() async throws {
            let database = try TestDatabase.current
            let person = try await Person.make(in: try await database.tenant(1))
            try await RunningHost.run { host in
                let mails = try await Mails.keep(host)
                var answers: Set<String> = []
                for email in [person.email, "nobody@example.test"] { answers.insert(try Self.plain(try await register(host, email))) }
                #expect(answers.count == 1, "\(answers)")
                #expect(try await mails.sent(to: person.email).last == "already_registered")
                answers = []
                for email in [person.email, "nobody@example.test", "no-one@example.test"] {
                    answers.insert(try Self.plain(try await host.post("/auth/reset-password", json: ["email": .string(email)])))
                }
                #expect(answers.count == 1, "\(answers)")
                #expect(try await mails.sent(to: "no-one@example.test").isEmpty)
                answers = []
                for email in [person.email, "nobody@example.test", "no-one@example.test"] {
                    answers.insert(try Self.plain(try await host.post("/auth/verify-email/resend", json: ["email": .string(email)])))
                }
                #expect(answers.count == 1, "\(answers)")
                // The registration that waits is mailed a second secret; the first is void.
                #expect(try await mails.sent(to: "nobody@example.test").count == 2)
                #expect(try await verify(host, try await mails.secret(to: "nobody@example.test")).status == 200)
            }
        }

        @Test("asvs-01, asvs-02, asvs-04, asvs-05: what a password must be, at the door") func passwords() async throws {
            try await RunningHost.run { host in
                func text(_ length: Int) -> String { String(String(repeating: "xkq7vbn2mz", count: length / 10 + 1).prefix(length)) }
                for (length, status) in [(7, 400), (8, 400), (14, 400), (15, 202), (64, 202), (128, 202), (512, 202), (513, 400), (1000, 400)] {
                    let answer = try await register(host, "length-\(length)@example.test", password: text(length))
                    #expect(answer.status == status, "\(length): \(answer.text)")
                }
                for (number, good) in ["correct horse battery staple", "                    a b c", "🙂🙃🙂🙃🙂🙃🙂🙃🙂🙃🙂🙃🙂🙃🙂", "83920174650192837465"]
                    .enumerated()
                {
                    let answer = try await register(host, "good-\(number)@example.test", password: good)
                    #expect(answer.status == 202, "\(good): \(answer.text)")
                }
                for bad in [
                    "passwordpassword", "1QAZ2WSX3EDC4RFV", "qwertyuiop12345", "Fish & Söhne Fish & Söhne", "Tenantry Tenantry",
                    "annexampleannexample",
                    "bad.local.part1", "bad.local.part-bad.local.part",
                ] {
                    let answer = try await register(host, "bad.local.part@example.test", password: bad)
                    #expect(answer.status == 400, "\(bad)")
                    #expect(try answer.json["error"]?["details"]?["field"] == "password")
                }
            }
        }

        @Test("asvs-03: a password is used exactly as it was sent: blanks, case, more than 72 bytes, NUL") func exactly() async throws {
            try await RunningHost.run { host in
                let mails = try await Mails.keep(host)
                let long = String(repeating: "a", count: 72)
                let passwords = [
                    long + "1", long + "2", " leading blank matters", "leading blank matters", "NUL\u{0}inside of a text",
                    "NUL\u{0}inside of a text\u{0}",
                ]
                for (number, password) in passwords.enumerated() {
                    let email = "exact-\(number)@example.test"
                    let asked = try await register(host, email, password: password)
                    #expect(asked.status == 202, "\(asked.text)")
                    #expect(try await verify(host, try await mails.secret(to: email)).status == 200)
                    #expect(try await logIn(host, email, password).status == 200)
                    let others = passwords.filter { $0 != password } + [password.uppercased(), password + " "]
                    for other in others.suffix(3) { #expect(try await logIn(host, email, other).status == 401, "\(number): \(other)") }
                }
                let name = try await host.post(
                    "/auth/register",
                    json: ["email": "x@example.test", "password": .string(Self.password), "name": "A\u{0}", "organization": "B\nC"])
                #expect(name.status == 400)
                #expect(try Set(name.json["error"]?["errors"]?.array?.compactMap { $0["field"]?.string } ?? []) == ["name", "organization"])
            }
        }

        @Test("asvs-09: there are no accounts from the start") func noDefaults() async throws {
            try await RunningHost.run { host in
                for (name, password) in [("admin", "admin"), ("root", "root"), ("test", "test"), ("demo", "demo"), ("tenantry", "tenantry")] {
                    for email in [name, "\(name)@example.com", "\(name)@localhost", "\(name)@tenantry.example"] {
                        let answer = try await logIn(host, email, password)
                        #expect([400, 401, 429].contains(answer.status), "\(email): \(answer.text)")
                    }
                }
                let users = try await TestDatabase.current.query("select count(*) from identity.users")
                #expect(try users[0].int64(0) == 0)
            }
        }

        @Test("asvs-11: mailed secrets work once, not when a newer one came, not when they are too old, and only for their user") func secrets()
            async throws
        {
            let database = try TestDatabase.current
            let tenant = try await database.tenant(1)
            let (ann, bob) = (try await Person.make(1, in: tenant), try await Person.make(2, in: tenant))
            try await RunningHost.run { host in
                let mails = try await Mails.keep(host)
                func ask(_ person: Person) async throws -> String {
                    #expect(try await host.post("/auth/reset-password", json: ["email": .string(person.email)]).status == 202)
                    return try await mails.secret(to: person.email)
                }
                func confirm(_ secret: String, _ password: String = "quite another fish 7") async throws -> HTTPAnswer {
                    try await host.post("/auth/reset-password/confirm", json: ["token": .string(secret), "password": .string(password)])
                }
                let before = try await host.logIn(ann)
                let first = try await ask(ann)
                let second = try await ask(ann)
                let bobs = try await ask(bob)
                #expect(Set([first, second, bobs]).count == 3)
                #expect(try await confirm(first).status == 400)
                // A password that is refused leaves the secret as it is.
                #expect(try await confirm(second, "passwordpassword").status == 400)
                let withUser = try await host.post(
                    "/auth/reset-password/confirm",
                    json: ["token": .string(second), "password": "quite another fish 7", "user_id": .string("\(bob.user)")])
                #expect(withUser.status == 400)
                let done = try await confirm(second)
                #expect(done.status == 200, "\(done.text)")
                #expect(try await confirm(second).status == 400)
                #expect(try await logIn(host, ann.email, ann.password).status == 401)
                #expect(try await logIn(host, ann.email, "quite another fish 7").status == 200)
                #expect(try await host.refresh(before.refresh).status == 401)
                #expect(try await logIn(host, bob.email, bob.password).status == 200)
                _ = try await database.query("update identity.one_time_tokens set expires_at = now() where user_id = $1", [.id(bob.user)])
                #expect(try await confirm(bobs).status == 400)
                #expect(try await mails.sent(to: ann.email).last == "password_changed")
                // 20 at once: one has it.
                let fresh = try await ask(bob)
                let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 0..<20 { group.addTask { try await confirm(fresh, "one of twenty fish \(number)").status } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(statuses.count { $0 == 200 } == 1, "\(statuses)")
            }
        }

        @Test("who is a member of no tenant hears so, and only with the right password") func nowhere() async throws {
            let database = try TestDatabase.current
            let person = try await Person.make(in: try await database.tenant(1))
            _ = try await database.query("delete from tenancy.memberships where user_id = $1", [.id(person.user)])
            try await RunningHost.run { host in
                let right = try await logIn(host, person.email, person.password)
                #expect(right.status == 403 && right.errorCode == "FORBIDDEN")
                #expect(right.text.contains("member of no tenant"))
                #expect(try await logIn(host, person.email, "some other password").status == 401)
            }
        }

        /// An answer without what is new in each.
        private static func plain(_ answer: HTTPAnswer) throws -> String {
            let id = try #require(answer["x-request-id"])
            let headers = answer.headers.filter { !["date", "server-timing", "x-process-time", "x-request-id"].contains($0.name.lowercased()) }
            return "\(answer.status) \(headers) \(answer.text.replacing(id, with: "id"))"
        }
    }
}
