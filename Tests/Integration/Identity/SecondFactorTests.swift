import Kernel
import Postgres
import Tenants
import TestSupport
import Testing
import Tokens

extension Integration {
    /// The functions of the second factor, as the auth handler's role calls them.
    @Suite("Second factor", .testDatabase) struct SecondFactorTests {
        private static var limit: Deadline { .after(.seconds(120)) }
        private static let ada = UserID(UUID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_00AA))
        private static let session = UUID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0A5E)

        /// One call in a transaction of its own; its first row as text, nil where there is none.
        private func call(_ sql: String, signedIn tenant: TenantID? = nil) async throws -> [String]? {
            let database = try TestDatabase.current
            let context =
                try tenant.map { try database.context(tenant: $0, user: Self.ada, handler: "auth") }
                ?? database.context(.identity, role: nil, handler: "auth")
            return try await database.client(role: "auth").withConnection(deadline: Self.limit) { connection in
                try await connection.transaction {
                    _ = try await connection.query("select tenancy.use($1)", [.text(context)])
                    let rows = try await connection.query("select to_json(r)::text from (\(sql)) r")
                    guard let row = rows.first else { return nil }
                    let value = try JSON.read(Array(try row.text(0).utf8))
                    return value.object?.map { $0.value.string ?? "\($0.value)" } ?? []
                }
            }
        }

        /// Tenant 1 with Ada as a member, her fresh session, her confirmed secret and two recovery codes.
        private func world(confirmed: Bool = true, factors: String = "{password}") async throws -> TenantID {
            let database = try TestDatabase.current
            for function in [
                "begin_challenge(bytea)", "complete_challenge(bytea,bigint,bytea,text,text)", "use_recovery_code(bytea,bytea,text,text)",
                "factor_state(uuid)", "enrol_totp(uuid,bytea)", "begin_own_code()", "confirm_totp(uuid,bytea,bigint,text[],text,text)",
                "replace_recovery_codes(uuid,bigint,text[],text,text)", "disable_totp(uuid,bigint,text,text)", "session_is_restricted(uuid)",
            ] { try await database.execute("grant execute on function identity.\(function) to \(database.prefix.handler("auth"))") }
            let tenant = try await database.tenant(1)
            try await database.execute(
                """
                insert into identity.users (id, email, name) values ('\(Self.ada)', 'ada@example.com', 'Ada');
                insert into tenancy.memberships (tenant_id, user_id, role) values ('\(tenant)', '\(Self.ada)', 'owner');
                insert into identity.user_sessions (id, user_id, tenant_id, factors, address, user_agent, expires_at)
                    values ('\(Self.session)', '\(Self.ada)', '\(tenant)', '\(factors)', '', '', now() + interval '1 day');
                insert into identity.totp_factors (user_id, secret, confirmed_at, last_step)
                    values ('\(Self.ada)', decode(repeat('5e', 40), 'hex'), \(confirmed ? "now()" : "null"), 100);
                insert into identity.recovery_codes (user_id, hash)
                    select '\(Self.ada)', decode(repeat(h, 32), 'hex') from unnest('{c1,c2}'::text[]) h;
                """)
            return tenant
        }

        /// A challenge as the first step of a sign-in makes it.
        private func challenge(_ number: Int) async throws -> String {
            let hash = "decode(lpad('\(number)', 64, '0'), 'hex')"
            _ = try await TestDatabase.current.query(
                """
                insert into identity.one_time_tokens (hash, purpose, user_id, expires_at, details)
                values (\(hash), 'mfa_login', '\(Self.ada)', now() + interval '10 minutes', '{"tenant": "tenant-1"}')
                """)
            return hash
        }

        private func begin(_ hash: String) async throws -> [String] {
            try await call("select outcome, retry_after, user_id, last_step from identity.begin_challenge(\(hash))") ?? []
        }

        private func complete(_ hash: String, _ step: Int) async throws -> [String]? {
            try await call("select user_id, details ->> 'tenant' as tenant from identity.complete_challenge(\(hash), \(step), null, '', '')")
        }

        @Test("asvs-16: of thirty codes for a challenge five are looked at, then it is void; the next challenges wait longer each time")
        func limited() async throws {
            _ = try await world()
            let first = try await challenge(1)
            var outcomes: [String] = []
            for _ in 0..<30 { outcomes.append(try await begin(first)[0]) }
            #expect(outcomes == [String](repeating: "check", count: 5) + [String](repeating: "void", count: 25))
            // What is void stays so, also for the right code's challenge of before.
            var waits: [Int] = []
            for number in 2...5 {
                let next = try await challenge(number)
                #expect(try await begin(next)[0] == "check")
                let refused = try await begin(next)
                #expect(refused[0] == "wait")
                waits.append(Int(refused[1]) ?? 0)
                // The time of the wait passes.
                _ = try await TestDatabase.current.query("update identity.failures set blocked_until = '-infinity' where kind = 'mfa'")
            }
            #expect(waits == [1, 2, 4, 8])
        }

        @Test("asvs-16: fifty codes at once are no way around the limit") func atOnce() async throws {
            _ = try await world()
            let hash = try await challenge(1)
            let outcomes = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<50 { group.addTask { try await begin(hash)[0] } }
                return try await group.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(outcomes == ["check": 5, "void": 45])
        }

        @Test("asvs-13: a step counts once over all challenges, and a challenge once over all steps; twenty at once open one session")
        func once() async throws {
            _ = try await world()
            let (first, second) = (try await challenge(1), try await challenge(2))
            #expect(try await begin(first) == ["check", "0", "\(Self.ada)", "100"])
            // Not a step at or before the last one.
            #expect(try await complete(first, 100) == nil)
            let results = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<20 { group.addTask { try await complete(first, 101) != nil } }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(results == 1)
            #expect(try await begin(first)[0] == "unknown")
            #expect(try await begin(second)[3] == "101")
            #expect(try await complete(second, 101) == nil)
            #expect(try await complete(second, 102) == ["\(Self.ada)", "tenant-1"])
            #expect(try await complete(first, 103) == nil)
        }

        @Test("the right code forgives the wrong ones before it") func forgiven() async throws {
            _ = try await world()
            for number in 1...3 {
                let hash = try await challenge(number)
                for _ in 0..<4 { #expect(try await begin(hash)[0] == "check") }
                #expect(try await complete(hash, 200 + number) != nil)
            }
            #expect(try await TestDatabase.current.query("select count(*) from identity.failures where kind = 'mfa'")[0].int64(0) == 0)
        }

        @Test("asvs-14: a recovery code works once, for its own user, and counts as a try") func recovery() async throws {
            _ = try await world()
            func use(_ hash: String, _ code: String) async throws -> [String] {
                try await call(
                    "select outcome, remaining from identity.use_recovery_code(\(hash), decode(repeat('\(code)', 32), 'hex'), '', '')") ?? []
            }
            let (first, second) = (try await challenge(1), try await challenge(2))
            #expect(try await use(first, "ff") == ["wrong", "null"])
            #expect(try await use(first, "c1") == ["ok", "1"])
            #expect(try await use(first, "c2") == ["unknown", "null"])
            #expect(try await use(second, "c1") == ["wrong", "null"])
            for _ in 0..<4 { #expect(try await use(second, "ff") == ["wrong", "null"]) }
            #expect(try await use(second, "c2") == ["void", "null"])
            let events = try await TestDatabase.current.query("select outcome, count(*) from identity.security_events group by 1 order by 1")
            #expect(try events.map { "\(try $0.text(0)) \(try $0.int64(1))" } == ["failed 6", "ok 1"])
        }

        @Test("auth-03: a secret that no code has confirmed does not count") func unconfirmed() async throws {
            let tenant = try await world(confirmed: false)
            let counts = "select identity.has_second_factor('\(Self.ada)')"
            #expect(try await TestDatabase.current.query(counts)[0].bool(0) == false)
            let hash = try await challenge(1)
            #expect(try await begin(hash) == ["check", "0", "\(Self.ada)", "null"])
            #expect(try await complete(hash, 500) == nil)
            // A newer secret takes its place, and the older one can no longer be confirmed.
            #expect(try await call("select identity.enrol_totp('\(Self.session)', decode(repeat('aa', 40), 'hex'))", signedIn: tenant) == ["true"])
            let confirm = { (secret: String) in
                "select identity.confirm_totp('\(Self.session)', decode(repeat('\(secret)', 40), 'hex'), 7, '{}', '', '')::text"
            }
            await #expect(throws: (any Error).self) { try await call(confirm("5e"), signedIn: tenant) }
            _ = try await call(confirm("aa"), signedIn: tenant)
            #expect(try await TestDatabase.current.query(counts)[0].bool(0))
            #expect(try await call("select identity.enrol_totp('\(Self.session)', decode(repeat('bb', 40), 'hex'))", signedIn: tenant) == ["false"])
        }

        @Test("asvs-22: without a code only a session that was just opened with the factor may change it") func fresh() async throws {
            let tenant = try await world()
            let database = try TestDatabase.current
            func disable(_ step: String) async -> Bool {
                (try? await call("select identity.disable_totp('\(Self.session)', \(step), '', '')::text", signedIn: tenant)) != nil
            }
            #expect(await !disable("null"), "opened by a password alone")
            #expect(await !disable("100"), "a step that was used")
            try await database.execute("update identity.user_sessions set factors = '{password,totp}', authenticated_at = now() - interval '1 day'")
            #expect(await !disable("null"), "too long ago")
            try await database.execute("update identity.user_sessions set authenticated_at = now()")
            try await database.execute("update tenancy.tenants set mfa_required = true")
            #expect(await !disable("null"), "the tenant requires it")
            try await database.execute("update tenancy.tenants set mfa_required = false")
            #expect(await disable("null"))
            #expect(try await database.query("select count(*) from identity.recovery_codes")[0].int64(0) == 0)
            #expect(try await database.query("select factors::text from identity.user_sessions")[0].text(0) == "{password}")
        }

        @Test(
            "a tenant that requires a factor restricts the sessions without one, until it is confirmed",
            arguments: [
                ("{password}", true), ("{password,totp}", false), ("{password,recovery_code}", false), ("{oidc}", false),
            ])
        func required(factors: String, isRestricted: Bool) async throws {
            // No provider is asked here, so nobody is linked to one.
            try await TestDatabase.current.execute("alter table identity.user_sessions disable trigger federated_session")
            let tenant = try await world(confirmed: false, factors: factors)
            let question = "select identity.session_is_restricted('\(Self.session)')"
            #expect(try await call(question) == ["false"])
            _ = try await TestDatabase.current.query("update tenancy.tenants set mfa_required = true where id = $1", [.id(tenant)])
            #expect(try await call(question) == ["\(isRestricted)"])
            _ = try await call(
                "select identity.confirm_totp('\(Self.session)', decode(repeat('5e', 40), 'hex'), 7, '{}', '', '')::text", signedIn: tenant)
            #expect(try await call(question) == ["false"])
        }
    }
}
