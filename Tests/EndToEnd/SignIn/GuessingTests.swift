import Kernel
import Postgres
import TestSupport
import Testing
import Tokens

extension EndToEnd {
    /// Those who guess passwords, and how passwords are kept.
    @Suite("Guessing", .testDatabase) struct Guessing {
        /// Clients come from where their proxy says.
        private static let behindProxy = RunningHost.Options(environment: ["TENANTRY_TRUSTED_PROXIES": "127.0.0.0/8"])

        private func logIn(_ host: RunningHost, _ email: String, _ password: String, from address: String = "203.0.113.1") async throws -> HTTPAnswer
        {
            let body: JSONValue = ["email": .string(email), "password": .string(password)]
            return try await host.request(
                "POST", "/auth/login", headers: [("content-type", "application/json"), ("X-Forwarded-For", address)],
                body: Array(body.description.utf8))
        }

        @Test("asvs-08: guessing is slowed per account and address, and the right password from another address works at once") func oneAccount()
            async throws
        {
            let database = try TestDatabase.current
            let person = try await Person.make(in: try await database.tenant(1))
            try await RunningHost.run(Self.behindProxy) { host in
                var statuses: [Int] = []
                for number in 0..<200 {
                    let answer = try await logIn(host, person.email, "wrong password \(number)")
                    statuses.append(answer.status)
                    if answer.status == 429 { #expect(answer["retry-after"].flatMap { Int($0) }.map { $0 > 0 } == true) }
                }
                #expect(statuses.prefix(6).allSatisfy { $0 == 401 }, "\(statuses.prefix(8))")
                #expect(statuses.count { $0 == 429 } > 150 && statuses.allSatisfy { $0 == 401 || $0 == 429 })
                // From there even the right one has to wait; its owner, elsewhere, does not.
                #expect(try await logIn(host, person.email, person.password).status == 429)
                #expect(try await logIn(host, person.email, person.password, from: "198.51.100.7").status == 200)
                #expect(try await database.events("lockout", "refused", of: person.user) == 1)
                // An account that nobody has is no different.
                var unknown: [Int] = []
                for number in 0..<10 { unknown.append(try await logIn(host, "nobody@example.test", "wrong \(number)", from: "203.0.113.2").status) }
                #expect(unknown.prefix(6).allSatisfy { $0 == 401 } && unknown.last == 429, "\(unknown)")
            }
        }

        @Test("asvs-08: many at once are no way around the delay") func parallel() async throws {
            let person = try await Person.make(in: try await TestDatabase.current.tenant(1))
            try await RunningHost.run(Self.behindProxy) { host in
                let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 0..<40 { group.addTask { try await logIn(host, person.email, "wrong \(number)").status } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                // Six are free of delay; a moment later one more may have had its turn.
                #expect((6...9).contains(statuses.count { $0 == 401 }) && statuses.allSatisfy { $0 == 401 || $0 == 429 }, "\(statuses)")
            }
        }

        @Test("asvs-08: an address that tries many accounts of many tenants is slowed over all of them") func stuffing() async throws {
            let database = try TestDatabase.current
            let tenant = try await database.tenant(1)
            let person = try await Person.make(1, in: tenant)
            try await RunningHost.run(Self.behindProxy) { host in
                var statuses: [Int] = []
                for number in 0..<30 { statuses.append(try await logIn(host, "user-\(number + 100)@example.test", "leaked \(number)").status) }
                #expect(statuses.prefix(20).allSatisfy { $0 == 401 } && statuses.suffix(5).allSatisfy { $0 == 429 }, "\(statuses)")
                #expect(try await logIn(host, person.email, person.password).status == 429)
                #expect(try await logIn(host, person.email, person.password, from: "198.51.100.7").status == 200)
            }
        }

        @Test("asvs-08: guessed from very many addresses, an account still opens where its owner came from before") func distributed() async throws {
            let database = try TestDatabase.current
            let person = try await Person.make(in: try await database.tenant(1))
            try await RunningHost.run(Self.behindProxy) { host in
                #expect(try await logIn(host, person.email, person.password, from: "198.51.100.7").status == 200)
                _ = try await database.query(
                    """
                    insert into identity.failures (kind, key, count) values ('account', identity.failure_key($1, ''), 105)
                    on conflict (kind, key) do update set count = 105, updated_at = clock_timestamp()
                    """, [.text(person.email)])
                #expect(try await logIn(host, person.email, "wrong", from: "203.0.113.5").status == 401)
                #expect(try await logIn(host, person.email, "wrong", from: "203.0.113.6").status == 429)
                #expect(try await logIn(host, person.email, person.password, from: "198.51.100.7").status == 200)
            }
        }

        @Test("asvs-08: guessing the current password of an open session is slowed, too") func openSession() async throws {
            let person = try await Person.make(in: try await TestDatabase.current.tenant(1))
            try await RunningHost.run { host in
                let tokens = try await host.logIn(person)
                var statuses: [Int] = []
                for number in 0..<10 {
                    let answer = try await host.post(
                        "/auth/change-password", token: tokens.access,
                        json: ["current_password": .string("wrong \(number)"), "new_password": "a brand new bicycle"])
                    statuses.append(answer.status)
                }
                #expect(statuses.prefix(6).allSatisfy { $0 == 400 } && statuses.suffix(3).allSatisfy { $0 == 429 }, "\(statuses)")
            }
        }

        @Test("asvs-39: scrypt at today's cost with a salt of its own, and an older hash is made anew at sign-in") func stored() async throws {
            let database = try TestDatabase.current
            let tenant = try await database.tenant(1)
            let people = [try await Person.make(1, in: tenant), try await Person.make(2, in: tenant)]
            func hashes() async throws -> [String] {
                try await database.query("select password_hash from identity.credentials order by user_id").map { try $0.text(0) }
            }
            #expect(try await hashes().allSatisfy { $0.hasPrefix("$scrypt$ln=10,") })
            try await RunningHost.run { host in
                for person in people { _ = try await host.logIn(person) }
                let now = try await hashes()
                #expect(now.allSatisfy { $0.hasPrefix("$scrypt$ln=14,r=8,p=5$") }, "\(now)")
                #expect(Set(now.map { $0.split(separator: "$")[2] }).count == 2)
                _ = try await host.logIn(people[0])
                #expect(try await hashes() == now)
            }
        }

        @Test("asvs-07: a password does not grow old") func noRotation() async throws {
            let database = try TestDatabase.current
            let person = try await Person.make(in: try await database.tenant(1))
            try await RunningHost.run { host in
                _ = try await database.query("update identity.credentials set updated_at = now() - interval '400 days'")
                _ = try await database.query("update identity.users set created_at = now() - interval '400 days'")
                _ = try await host.logIn(person)
            }
        }

        @Test("asvs-42, asvs-41: no password, token or secret stands in the log or in an event; answers with tokens are not cached") func quiet()
            async throws
        {
            let database = try TestDatabase.current
            let person = try await Person.make(in: try await database.tenant(1))
            let options = RunningHost.Options(environment: ["TENANTRY_LOG_LEVEL": "trace", "TENANTRY_LOG_REQUESTS": "true"])
            try await RunningHost.run(options) { host in
                let mails = try await Mails.keep(host)
                var tokens = try await host.logIn(person)
                _ = try await logIn(host, person.email, "a secret wrong password\n\u{1B}[31m")
                tokens = try Tokens(try await host.refresh(tokens.refresh))
                _ = try await host.post("/auth/reset-password", json: ["email": .string(person.email)])
                let secret = try await mails.secret(to: person.email)
                _ = try await host.post("/auth/reset-password/confirm", json: ["token": .string(secret), "password": "quite another fish 7"])
                let events = try await database.query("select string_agg(e::text, ' ') from identity.security_events e")[0].text(0)
                for text in [person.password, "a secret wrong password", tokens.access, tokens.refresh, secret, "quite another fish 7"] {
                    #expect(!host.program.printed.contains(text))
                    #expect(!events.contains(text))
                }
                for (action, outcome) in [("login", "ok"), ("login", "failed"), ("refresh", "ok"), ("reset_password", "ok")] {
                    #expect(try await database.events(action, outcome, of: person.user) == 1, "\(action) \(outcome)")
                }
            }
        }
    }
}
