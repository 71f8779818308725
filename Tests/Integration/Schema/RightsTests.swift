import Kernel
import Postgres
import Tenants
import TestSupport
import Testing
import Tokens

extension Integration {
    /// The functions over tenants' roles and API keys, as the handler's role calls them.
    @Suite(.testDatabase) struct RightsTests {
        private static var limit: Deadline { .after(.seconds(240)) }

        /// What a call answers, as text, in a context of its own and a transaction that is committed.
        private func call(_ sql: String, _ context: String, as role: String = "users") async throws -> Outcome {
            let client = try TestDatabase.current.client(role: role)
            return try await client.withConnection(deadline: Self.limit) { connection in
                try await connection.begin()
                _ = try await connection.query("select tenancy.use($1)", [.text(context)])
                let outcome = await Outcome.of("select x::text from \(sql) as x", on: connection)
                if case .rows = outcome { try await connection.commit() } else { try await connection.rollback() }
                return outcome
            }
        }

        private func said(_ texts: String...) -> Outcome { .rows(texts.map { [Array($0.utf8)] }, affected: texts.count) }

        private func member(_ number: Int, of tenant: TenantID) async throws -> UserID {
            let user = UserID(UUID(high: 0x0190_0000_0000_7001, low: 0x8000_0000_0000_0000 | UInt64(number)))
            try await TestDatabase.current.execute(
                """
                insert into identity.users (id, email, name) values ('\(user)', 'u\(number)@example.test', 'U');
                insert into tenancy.memberships (tenant_id, user_id, role) values ('\(tenant)', '\(user)', 'owner');
                """)
            return user
        }

        @Test("asvs-25: roles are one tenant's: made, changed, deleted, and kept while a member has them") func roles() async throws {
            let database = try TestDatabase.current
            let (one, two) = (try await database.tenant(1), try await database.tenant(2))
            let user = try await member(1, of: one)
            let mine = try database.context(tenant: one, user: user, handler: "users")
            let theirs = try database.context(tenant: two, user: user, handler: "users")
            #expect(try await call("tenancy.create_role('support', 'd', '{a:b}')", mine) == said("created"))
            #expect(try await call("tenancy.create_role('support', 'd', '{a:b}')", mine) == said("exists"))
            #expect(try await call("tenancy.create_role('support', 'd', '{c:d}')", theirs) == said("created"))
            #expect(try await call("tenancy.change_role('support', '', '{e:f}')", mine) == said("true"))
            #expect(try await call("tenancy.change_role('none', '', '{e:f}')", mine) == said("false"))
            let kept = try await database.query("select scopes::text from tenancy.roles order by tenant_id")
            #expect(try kept.map { try $0.text(0) } == ["{e:f}", "{c:d}"])
            try await database.execute("update tenancy.memberships set role = 'support'")
            #expect(try await call("tenancy.delete_role('support')", mine) == said("used"))
            #expect(try await call("tenancy.delete_role('support')", theirs) == said("deleted"))
            #expect(try await call("tenancy.delete_role('support')", theirs) == said("unknown"))
            try await database.execute("update tenancy.memberships set role = 'owner'")
            #expect(try await call("tenancy.delete_role('support')", mine) == said("deleted"))
            for scopes in ["{}", "{null}", "{a:b,null}"] {
                #expect(try await call("tenancy.create_role('x', '', '\(scopes)')", mine) == .refused("23514"), "\(scopes)")
            }
            for name in ["owner", "none", "A", "a.b", ""] {
                #expect(try await call("tenancy.create_role('\(name)', '', '{a:b}')", mine) == .refused("23514"), "\(name)")
            }
        }

        @Test("nobody has a role that the tenant does not have, and a tenant goes with its roles") func unknownRole() async throws {
            let database = try TestDatabase.current
            let (one, two) = (try await database.tenant(1), try await database.tenant(2))
            _ = try await member(1, of: one)
            try await database.execute("insert into tenancy.roles (tenant_id, name, scopes) values ('\(two)', 'support', '{a:b}')")
            await #expect(throws: (any Error).self) { try await database.execute("update tenancy.memberships set role = 'support'") }
            await #expect(throws: (any Error).self) { try await database.execute("update tenancy.memberships set role = 'nonsense'") }
            try await database.execute("insert into tenancy.roles (tenant_id, name, scopes) values ('\(one)', 'support', '{a:b}')")
            try await database.execute("update tenancy.memberships set role = 'support'")
            try await database.execute("delete from tenancy.tenants where id = '\(one)'")
            #expect(try await database.query("select from tenancy.roles").count == 1)
        }

        @Test("auth-05: keys are one tenant's, made by the context's user, and end with a revocation or the maker's membership")
        func keys() async throws {
            let database = try TestDatabase.current
            let (one, two) = (try await database.tenant(1), try await database.tenant(2))
            let user = try await member(1, of: one)
            let mine = try database.context(tenant: one, user: user, handler: "users")
            let theirs = try database.context(tenant: two, user: user, handler: "users")
            func create(_ number: Int) -> String {
                "tenancy.create_api_key('00000000-0000-0000-0000-00000000000\(number)', 'aaaaaaa\(number)', sha256('\(number)'), 'n', '{a:b}', null)"
            }
            for number in 1...3 { #expect(try await call(create(number), mine) == said("true")) }
            #expect(try await call("(select count(*) from tenancy.list_api_keys())", mine) == said("(3)"))
            #expect(try await call("(select count(*) from tenancy.list_api_keys())", theirs) == said("(0)"))
            let first = "tenancy.revoke_api_key('00000000-0000-0000-0000-000000000001')"
            #expect(try await call(first, theirs) == said("false"))
            #expect(try await call(first, mine) == said("true"))
            let makers = try await database.query("select created_by, revoked_at is null from tenancy.api_keys order by id")
            #expect(try makers.map { UserID(try $0.uuid(0)) } == [user, user, user])
            #expect(try makers.map { try $0.bool(1) } == [false, true, true])
            try await database.execute("delete from tenancy.memberships where tenant_id = '\(one)'")
            #expect(try await database.query("select from tenancy.api_keys where revoked_at is null").isEmpty)
            #expect(try await call(create(1).replacing("000000000001", with: "000000000009"), mine) == .refused("23505"), "the hash is one key's")
        }

        @Test("none of them answers without a tenant's context, nor to another handler's role") func closed() async throws {
            let database = try TestDatabase.current
            let tenant = try await database.tenant(1)
            let calls = [
                "tenancy.list_roles()", "tenancy.create_role('a', '', '{a:b}')", "tenancy.change_role('a', '', '{a:b}')", "tenancy.delete_role('a')",
                "tenancy.list_api_keys()", "tenancy.revoke_api_key('\(UUID.zero)')",
                "tenancy.create_api_key('\(UUID.zero)', 'aaaaaaaa', sha256('x'), 'n', '{a:b}', null)",
            ]
            for sql in calls {
                for context in [
                    "", try database.context(.identity, handler: "users"), try database.context(.system, handler: "users"),
                    try database.context(tenant: tenant, handler: "dashboards"),
                    try database.context(tenant: tenant, handler: "users", lifetime: .milliseconds(-1)),
                ] {
                    #expect(try await call(sql, context) == .refused("28000"), "\(sql)")
                }
                let own = try database.context(tenant: tenant, handler: "dashboards")
                #expect(try await call(sql, own, as: "dashboards") == .refused("42501"), "\(sql)")
            }
            #expect(try await database.query("select from tenancy.roles").isEmpty)
        }

        @Test("the system's check knows its own kind alone, and that session's handler") func system() async throws {
            let database = try TestDatabase.current
            let tenant = try await database.tenant(1)
            let name = database.prefix.handler("users")
            try await database.execute("grant execute on function tenancy.require_system() to \(name)")
            let right = try database.context(.system, handler: "users")
            #expect(try await call("tenancy.require_system()", right) == said("true"))
            for context in [
                "", right.replacing(".s.", with: ".t."), try database.context(.identity, handler: "users"),
                try database.context(tenant: tenant, handler: "users"), try database.context(.system, handler: "dashboards"),
                try database.context(.system, handler: "users", lifetime: .milliseconds(-1)),
            ] {
                #expect(try await call("tenancy.require_system()", context) == .refused("28000"))
            }
        }

        @Test("the host reads what it needs of keys, notes their use, and can neither make nor revive one") func host() async throws {
            let database = try TestDatabase.current
            let tenant = try await database.tenant(1)
            let user = try await member(1, of: tenant)
            let mine = try database.context(tenant: tenant, user: user, handler: "users")
            _ = try await call("tenancy.create_api_key('\(UUID.zero)', 'aaaaaaaa', sha256('1'), 'n', '{a:b}', null)", mine)
            let client = try database.client(role: "host")
            try await client.withConnection(deadline: Self.limit) { connection in
                for (sql, allowed) in [
                    ("select tenant_id, id, scopes, created_by, expires_at, revoked_at from tenancy.api_keys where hash = sha256('1')", true),
                    ("update tenancy.api_keys set last_used_at = now()", true),
                    ("delete from tenancy.revoked_sessions where revoked_at < now()", true),
                    ("update tenancy.api_keys set revoked_at = null", false), ("update tenancy.api_keys set scopes = '{a:c}'", false),
                    ("insert into tenancy.api_keys select * from tenancy.api_keys", false), ("delete from tenancy.api_keys", false),
                    ("update tenancy.roles set scopes = '{a:c}'", false), ("insert into tenancy.revoked_sessions (session_id) values (null)", false),
                    ("select tenancy.end_session(null, null, null)", false), ("select tenancy.create_role('a', '', '{a:b}')", false),
                ] {
                    let outcome = await Outcome.of(sql, on: connection)
                    #expect((outcome == .refused("42501")) != allowed, "\(sql): \(outcome)")
                }
            }
        }
    }
}
