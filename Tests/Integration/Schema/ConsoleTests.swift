import Kernel
import Postgres
import Tenants
import TestSupport
import Testing
import Tokens

extension Integration {
    /// The command line in an operator's place.
    @Suite("Console", .testDatabase) struct ConsoleTests {
        private static var limit: Deadline { .after(.seconds(240)) }

        private func console() throws -> Console {
            let database = try TestDatabase.current
            return Console(client: try database.client(role: Console.handler), key: database.key)
        }

        private func refusal(_ body: () async throws -> Void) async -> AppError? {
            do { try await body() } catch { return error as? AppError }
            return nil
        }

        @Test("what a command does to a tenant is done whole, recorded, and refused in the words of the routes") func life() async throws {
            let database = try TestDatabase.current
            let provisioning = Provisioning(client: try database.client(role: "admin"))
            let owner = try await provisioning.createUser(email: "ada@example.com", name: "Ada", passwordHash: "$a", deadline: Self.limit)
            let console = try console()
            var new = Console.NewTenant(slug: "acme", name: "Acme")
            (new.plan, new.timeZone, new.owner, new.businesses) = ("pro", "Europe/Berlin", owner, ["Bakery", "Mill"])
            let tenant = try await console.create(new, deadline: Self.limit)
            let made = try await provisioning.tenant("acme", deadline: Self.limit)
            #expect(made.id == tenant && made.plan == "pro" && made.timeZone == "Europe/Berlin" && made.kind == "live")
            #expect(try await provisioning.members(of: tenant, deadline: Self.limit).map(\.role) == [.owner])
            #expect(try await database.query("select count(*) from app.businesses where tenant_id = $1", [.id(tenant)])[0].int64(0) == 2)
            #expect(await refusal { _ = try await console.create(new, deadline: Self.limit) }?.code == .conflict)
            (new.slug, new.plan) = ("other", "golden")
            #expect(await refusal { _ = try await console.create(new, deadline: Self.limit) }?.issues.map(\.field) == ["plan"])
            #expect(try await provisioning.tenants(deadline: Self.limit).count == 1)

            var change = Console.Change()
            change.name = "Another"
            #expect(try await console.change(change, of: tenant, deadline: Self.limit))
            #expect(try await !console.change(change, of: tenant, deadline: Self.limit), "again changes nothing")
            try await console.set(.suspended, of: tenant, reason: "unpaid", deadline: Self.limit)
            try await console.set(.deleting, of: tenant, grace: .seconds(60), deadline: Self.limit)
            let going = try await provisioning.tenant("acme", deadline: Self.limit)
            #expect(going.status == .deleting && going.deleteAt != nil)
            #expect(await refusal { try await console.set(.active, of: tenant, deadline: Self.limit) }?.code == .conflict)
            // The older way past the record cannot open it either.
            #expect(await refusal { _ = try await provisioning.setStatus(.active, of: tenant, deadline: Self.limit) }?.code == .notFound)
            try await console.set(.undeleted, of: tenant, deadline: Self.limit)
            #expect(try await provisioning.tenant("acme", deadline: Self.limit).status == .suspended)
            try await console.move(tenant, to: "free", reason: "asked for", deadline: Self.limit)
            #expect(try await provisioning.tenant("acme", deadline: Self.limit).plan == "free")
            #expect(try await console.health(of: tenant, deadline: Self.limit).status == "suspended")

            let lines = try await database.query(
                "select action, role, user_id::text from app.audit_log where tenant_id = $1 order by occurred_at, action", [.id(tenant)])
            #expect(
                try lines.map { try $0.text(0) } == [
                    "tenant.created", "tenant.changed", "tenant.suspended", "tenant.deleted", "tenant.undeleted", "tenant.plan_changed",
                ])
            #expect(try lines.allSatisfy { try $0.text(1) == "operator_console" && $0.text(2) == "\(UUID.zero)" })
            let events = try await database.query(
                "select count(*) from identity.security_events where tenant_id = $1 and user_id is null and details @> '{\"operator\": true}'",
                [.id(tenant)])
            #expect(try events[0].int64(0) == 6)
        }

        @Test("operators are granted, changed, listed and taken, and gateways are told") func operators() async throws {
            let database = try TestDatabase.current
            let provisioning = Provisioning(client: try database.client(role: "admin"))
            let user = try await provisioning.createUser(email: "ada@example.com", name: "Ada", passwordHash: "$a", deadline: Self.limit)
            var events = try database.client(role: "host").listen(["tenancy_changed"]).makeAsyncIterator()
            #expect(await events.next() == .listening)
            #expect(try await provisioning.setOperator(user, .support, deadline: Self.limit) == "granted")
            #expect(try await provisioning.setOperator(user, .support, deadline: Self.limit) == "same")
            #expect(try await provisioning.setOperator(user, .admin, deadline: Self.limit) == "changed")
            #expect(try await provisioning.operators(deadline: Self.limit).map(\.role) == [.admin])
            #expect(try await provisioning.setOperator(user, nil, deadline: Self.limit) == "revoked")
            #expect(await refusal { _ = try await provisioning.setOperator(user, nil, deadline: Self.limit) }?.code == .notFound)
            for _ in 0..<3 { #expect(await events.next() == .notified(channel: "tenancy_changed", payload: "\(UUID.zero)")) }
        }

        @Test("no member's context reaches a function of operators, whatever it names") func members() async throws {
            let database = try TestDatabase.current
            let tenant = try await database.tenant(1)
            let functions = try await database.query(
                """
                select format('select * from %s.%s(%s)', n.nspname, p.proname, (
                    select coalesce(string_agg(format('null::%s', t::regtype), ', '), '') from unnest(p.proargtypes) t))
                from pg_proc p join pg_namespace n on n.oid = p.pronamespace
                where p.prosrc like '%require_operator()%' and has_function_privilege($1, p.oid, 'execute')
                """, [.text(database.prefix.handler(Console.handler))]
            ).map { try $0.text(0) }
            #expect(functions.count >= 13)
            let client = try database.client(role: Console.handler)
            let contexts = [
                try database.context(tenant: tenant, handler: Console.handler), try database.context(.identity, role: nil, handler: Console.handler),
                try database.context(.system, role: nil, handler: Console.handler), "",
            ]
            for call in functions {
                for context in contexts {
                    let outcome = try await client.withConnection(deadline: Self.limit) { connection in
                        try await connection.begin()
                        _ = try await connection.query("select tenancy.use($1)", [.text(context)])
                        return await Outcome.of(call, on: connection)
                    }
                    #expect(outcome == .refused("28000"), "\(call)")
                }
            }
        }
    }
}
