import Kernel
import Postgres
import Tenants
import TestSupport
import Testing
import Tokens

extension Integration {
    /// What the tables of the record allow, asked as the roles that use them.
    @Suite("The record's tables", .testDatabase) struct AuditSchemaTests {
        private static var limit: Deadline { .after(.seconds(60)) }
        private static let other = "01900000-0000-7000-8000-0000000000ff"

        private func row(_ tenant: TenantID, user: UserID = UserID(.zero), handler: String = "dashboards", at time: String = "now()") -> String {
            """
            insert into app.audit_log (tenant_id, id, occurred_at, user_id, role, action, handler, address, user_agent, request_id)
            values ('\(tenant)', gen_random_uuid(), \(time), '\(user)', 'owner', 'thing.made', '\(handler)', '', '', '')
            """
        }

        @Test("asvs-42: a handler appends in its own and its caller's name, now, for its tenant; nothing else is taken")
        func appending() async throws {
            let database = try TestDatabase.current
            let (tenant, neighbour) = (try await database.tenant(1), try await database.tenant(2))
            let user = UserID(UUID(high: 1, low: 2))
            // A right of the test's own, so that the policies are what answers.
            try await database.execute("grant insert on app.audit_log to \(database.prefix.handler("dashboards"))")
            let context = try database.context(tenant: tenant, user: user, handler: "dashboards")
            let client = try database.client(role: "dashboards")
            try await client.withConnection(deadline: Self.limit) { connection in
                func outcome(_ sql: String) async throws -> String {
                    try await connection.execute("begin; select tenancy.use('\(context)')")
                    let outcome = await Outcome.of(sql, on: connection)
                    try await connection.execute("commit")
                    return "\(outcome)"
                }
                let own = try await outcome(row(tenant, user: user))
                #expect(own == "0 rows, 1 affected: ")
                for forged in [
                    row(neighbour, user: user), row(tenant), row(tenant, user: UserID(UUID(high: 1, low: 3))),
                    row(tenant, user: user, handler: "auth"), row(tenant, user: user, at: "now() - interval '1 day'"),
                    "update app.audit_log set action = 'thing.kept'", "delete from app.audit_log", "truncate app.audit_log",
                    "select * from app.audit_log",
                ] {
                    let answer = try await outcome(forged)
                    #expect(answer == "refused 42501", "\(forged)")
                }
            }
            #expect(try await database.query("select count(*) from app.audit_log")[0].int64(0) == 1)
        }

        @Test(
            "asvs-42: no role may change or remove a line of the log, of its chain or of the security events",
            arguments: ["update", "delete", "truncate"])
        func insertOnly(verb: String) async throws {
            let database = try TestDatabase.current
            for table in ["app.audit_log", "app.audit_seals", "app.audit_positions", "identity.security_events"] {
                let holders = try await database.query(
                    "select r.rolname::text from pg_roles r where starts_with(r.rolname, $1) and has_any_column_privilege(r.oid, $2::regclass, 'select, insert, update')"
                        + (verb == "update"
                            ? " and (has_table_privilege(r.oid, $2::regclass, 'update') or has_any_column_privilege(r.oid, $2::regclass, 'update'))"
                            : " and has_table_privilege(r.oid, $2::regclass, '\(verb)')"),
                    [.text("\(database.prefix)_"), .text(table)]
                ).map { try $0.text(0) }
                // The owner, and who may become it: the migrations run as they do.
                #expect(Set(holders).isSubset(of: ["\(database.prefix)_owner", "\(database.prefix)_migrator"]), "\(verb) \(table)")
            }
        }

        @Test("asvs-42: an event is kept without characters that pretend, and in a tenant's context only of its own user and tenant")
        func events() async throws {
            let database = try TestDatabase.current
            let (tenant, neighbour) = (try await database.tenant(1), try await database.tenant(2))
            let (user, somebody) = (UserID(UUID(high: 1, low: 2)), UserID(UUID(high: 1, low: 3)))
            for (user, name) in [(user, "a"), (somebody, "b")] {
                try await database.execute("insert into identity.users (id, email, name) values ('\(user)', '\(name)@example.test', 'N')")
            }
            try await database.execute("grant execute on all functions in schema identity to \(database.prefix.handler("auth"))")
            func record(_ user: UserID, _ tenant: TenantID) -> String {
                """
                select identity.record_event('login', 'failed', '\(user)', '\(tenant)', null, E'10.0.0.1\\n', E'curl\\u001b[31m\\r\\n\\u202e', '{"a": 1}')
                """
            }
            let client = try database.client(role: "auth")
            try await client.withConnection(deadline: Self.limit) { connection in
                func run(_ context: String, _ sql: String) async throws -> String {
                    try await connection.execute("begin; select tenancy.use('\(context)')")
                    let outcome = await Outcome.of(sql, on: connection)
                    try await connection.execute("commit")
                    return "\(outcome)"
                }
                let anonymous = try database.context(.identity, handler: "auth")
                let mine = try database.context(tenant: tenant, user: user, handler: "auth")
                #expect(try await run(anonymous, record(somebody, neighbour)).hasPrefix("refused") == false)
                #expect(try await run(mine, record(user, tenant)).hasPrefix("refused") == false)
                #expect(try await run(mine, record(somebody, tenant)) == "refused 42501")
                #expect(try await run(mine, record(user, neighbour)) == "refused 42501")
                #expect(try await run(mine.replacing(".t.", with: ".i."), record(user, tenant)) == "refused 28000")
                for (sql, count) in [
                    ("select count(*) from identity.own_events('infinity', '\(UUID.zero)', 10)", 1),
                    ("select count(*) from identity.tenant_events('infinity', '\(UUID.zero)', null, null, 10)", 1),
                    ("select count(*) from identity.tenant_events('infinity', '\(UUID.zero)', '\(somebody)', null, 10)", 0),
                ] {
                    try await connection.execute("begin; select tenancy.use('\(mine)')")
                    #expect(try await connection.query(sql)[0].int64(0) == Int64(count), "\(sql)")
                    try await connection.execute("commit")
                }
            }
            let kept = try await database.query("select address, user_agent from identity.security_events where user_id = $1", [.id(user)])[0]
            #expect(try kept.text(0) == "10.0.0.1")
            #expect(try kept.text(1) == "curl[31m")
        }
    }
}
