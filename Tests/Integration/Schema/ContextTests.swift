import Kernel
import Postgres
import Tenants
import TestSupport
import Testing
import Tokens

extension Integration {
    /// The truth table of the signed context: what opens a tenant's rows, and what is refused, always with the one error.
    @Suite(.testDatabase) struct ContextTests {
        private static var limit: Deadline { .after(.seconds(240)) }
        private static let user = UserID(UUID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_00AA))

        /// What a handler sees with a context: the tenant, or the refusal.
        private func tenantID(_ context: String?, as role: String = "dashboards", function: String = "tenant_id") async throws -> Outcome {
            let client = try TestDatabase.current.client(role: role)
            return try await client.withConnection(deadline: Self.limit) { connection in
                try await connection.begin()
                if let context { _ = try await connection.query("select tenancy.use($1)", [.text(context)]) }
                return await Outcome.of("select tenancy.\(function)()::text", on: connection)
            }
        }

        private func value(_ id: UUID) -> Outcome { .rows([[Array(id.description.utf8)]], affected: 1) }

        @Test("a valid context opens its tenant and names its user")
        func valid() async throws {
            let database = try TestDatabase.current
            let tenant = TenantID(UUID(high: 1, low: 2))
            let context = try database.context(tenant: tenant, user: Self.user, handler: "dashboards")
            #expect(try await tenantID(context) == value(tenant.uuid))
            #expect(try await tenantID(context, function: "user_id") == value(Self.user.uuid))
        }

        @Test("every part of the text counts: one character changed anywhere, and it is refused")
        func everyCharacter() async throws {
            let database = try TestDatabase.current
            let context = try database.context(tenant: TenantID(UUID(high: 1, low: 2)), user: Self.user, handler: "dashboards")
            let client = try database.client(role: "dashboards")
            try await client.withConnection(deadline: Self.limit) { connection in
                for position in context.utf8.indices {
                    var bytes = Array(context.utf8)
                    let offset = context.utf8.distance(from: context.utf8.startIndex, to: position)
                    bytes[offset] = bytes[offset] == UInt8(ascii: "1") ? UInt8(ascii: "2") : UInt8(ascii: "1")
                    try await connection.begin()
                    _ = try await connection.query("select tenancy.use($1)", [.text(String(decoding: bytes, as: UTF8.self))])
                    let outcome = await Outcome.of("select tenancy.tenant_id()::text", on: connection)
                    #expect(outcome == .refused("28000"), "character \(offset) of \(context)")
                    try await connection.rollback()
                }
            }
        }

        @Test("texts that are no context at all are refused with the same error")
        func noContext() async throws {
            let texts: [String?] = [
                nil, "", ".", "..........", "tc1", "tc1.1.t", "a.b.c.d.e.f.g.h.i.j.k", String(repeating: "x", count: 65),
                String(repeating: "x", count: 66), String(repeating: ".", count: 400), "tc1.1.t.\\000", "tc1.99999999999999999999.t.a.b.c.d.e.f.g.h",
                String(repeating: "é", count: 200), String(repeating: "a.", count: 100_000),
            ]
            for text in texts {
                #expect(try await tenantID(text) == .refused("28000"), "\(text ?? "none")")
                #expect(try await tenantID(text, function: "user_id") == .refused("28000"), "\(text ?? "none")")
            }
        }

        @Test("expired, of another handler, of another kind, of another key: refused; the kind identity names its user but no tenant")
        func foreign() async throws {
            let database = try TestDatabase.current
            let tenant = TenantID(UUID(high: 1, low: 2))
            let expired = try database.context(tenant: tenant, handler: "dashboards", lifetime: .milliseconds(-1))
            #expect(try await tenantID(expired) == .refused("28000"))
            #expect(try await tenantID(database.context(tenant: tenant, handler: "uploads")) == .refused("28000"))
            #expect(try await tenantID(database.context(.system, handler: "dashboards")) == .refused("28000"))
            let identity = try database.context(.identity, user: Self.user, handler: "dashboards")
            #expect(try await tenantID(identity) == .refused("28000"))
            #expect(try await tenantID(identity, function: "user_id") == value(Self.user.uuid))
            let otherKey = try SigningKey(id: database.key.id, secret: [UInt8](repeating: 7, count: 32))
            #expect(try await tenantID(database.context(tenant: tenant, handler: "dashboards", key: otherKey)) == .refused("28000"))
            let unknownKey = try SigningKey(id: 999, secret: [UInt8](repeating: 7, count: 32))
            #expect(try await tenantID(database.context(tenant: tenant, handler: "dashboards", key: unknownKey)) == .refused("28000"))
        }

        @Test("an operator's context opens the tenant that it names or none, names its operator, and is no member's and no system's")
        func operators() async throws {
            let database = try TestDatabase.current
            let tenant = TenantID(UUID(high: 1, low: 2))
            let about = try database.context(.operator, tenant: tenant, user: Self.user, role: nil, handler: "dashboards")
            let alone = try database.context(.operator, user: Self.user, role: nil, handler: "dashboards")
            #expect(try await tenantID(about) == value(tenant.uuid))
            #expect(try await tenantID(alone) == .refused("28000"))
            for context in [about, alone] { #expect(try await tenantID(context, function: "user_id") == value(Self.user.uuid)) }
            let admin = try database.client(role: "users")
            func asked(_ function: String, _ context: String) async throws -> Outcome {
                try await admin.withConnection(deadline: Self.limit) { connection in
                    try await connection.begin()
                    _ = try await connection.query("select tenancy.use($1)", [.text(context)])
                    return await Outcome.of("select tenancy.\(function)()::text", on: connection)
                }
            }
            // Granted here for the test alone: the functions of operators call it as their owner.
            try await database.execute(
                "grant execute on function tenancy.require_operator(), tenancy.require_system() to \(database.prefix.handler("users"))")
            let operatorContext = try database.context(.operator, user: Self.user, role: nil, handler: "users")
            #expect(try await asked("require_operator", operatorContext) == value(Self.user.uuid))
            #expect(try await asked("require_system", operatorContext) == .refused("28000"))
            for kind in [SignedContext.Kind.identity, .system] {
                let other = try database.context(kind, user: kind == .system ? nil : Self.user, role: nil, handler: "users")
                #expect(try await asked("require_operator", other) == .refused("28000"), "\(kind)")
            }
            let member = try database.context(tenant: tenant, user: Self.user, handler: "users")
            #expect(try await asked("require_operator", member) == .refused("28000"))
            #expect(try await asked("require_operator", operatorContext.replacing(".o.", with: ".t.")) == .refused("28000"))
        }

        @Test("two keys are valid at a time: the second rotation ends the first key")
        func rotation() async throws {
            let database = try TestDatabase.current
            let tenant = TenantID(UUID(high: 1, low: 2))
            let old = try database.context(tenant: tenant, handler: "dashboards")
            let admin = KeyRing(client: try database.client(role: "admin"))
            let host = KeyRing(client: try database.client(role: "host"))
            #expect(try await admin.rotate(deadline: Self.limit) == database.key.id + 1)
            let second = try await host.newest(deadline: Self.limit)
            #expect(second.id == database.key.id + 1)
            #expect(try await tenantID(old) == value(tenant.uuid))
            #expect(try await tenantID(database.context(tenant: tenant, handler: "dashboards", key: second)) == value(tenant.uuid))
            _ = try await admin.rotate(deadline: Self.limit)
            #expect(try await tenantID(old) == .refused("28000"))
            #expect(try await tenantID(database.context(tenant: tenant, handler: "dashboards", key: second)) == value(tenant.uuid))
        }

        @Test(
            "only the host reads the key, only the admin rotates, nobody reads the table",
            arguments: ["host", "admin", "backup", "auth", "dashboards"])
        func keys(role: String) async throws {
            let client = try TestDatabase.current.client(role: role)
            try await client.withConnection(deadline: Self.limit) { connection in
                #expect(await Outcome.of("select * from tenancy.keys", on: connection) == .refused("42501"))
                let read = await Outcome.of("select kid from tenancy.signing_key()", on: connection)
                #expect((read == .refused("42501")) == (role != "host"))
                let rotated = await Outcome.of("select tenancy.rotate()", on: connection)
                #expect((rotated == .refused("42501")) == (role != "admin"))
            }
        }

        @Test("pitfalls 4 and 5: a connection that had a context gives nothing to the next transaction without one")
        func reuse() async throws {
            let database = try TestDatabase.current
            let tenant = try await database.tenant(1)
            try await database.execute("insert into app.businesses (tenant_id, id, name) values ('\(tenant)', '\(tenant)', 'one')")
            let context = try database.context(tenant: tenant, handler: "dashboards")
            let client = try database.client(role: "dashboards")
            try await client.withConnection(deadline: Self.limit) { connection in
                let read = "select name from app.businesses"
                #expect(await Outcome.of(read, on: connection) == .refused("28000"), "fresh")
                try await connection.begin()
                _ = try await connection.query("select tenancy.use($1)", [.text(context)])
                #expect(await Outcome.of(read, on: connection) == .rows([[Array("one".utf8)]], affected: 1))
                try await connection.commit()
                #expect(await Outcome.of(read, on: connection) == .refused("28000"), "used")
                for reset in ["reset all", "discard all", "reset tenancy.context", "set tenancy.context = ''"] {
                    _ = await Outcome.of(reset, on: connection)
                    #expect(await Outcome.of(read, on: connection) == .refused("28000"), "\(reset)")
                }
                // Outside a transaction SET LOCAL only warns, and sets nothing.
                _ = await Outcome.of("set local tenancy.context = '\(context)'", on: connection)
                #expect(await Outcome.of(read, on: connection) == .refused("28000"))
            }
        }

        @Test("identity functions: a sign-in context asks about anybody, a tenant's only about its own user")
        func identity() async throws {
            let database = try TestDatabase.current
            let provisioning = Provisioning(client: try database.client(role: "admin"))
            let tenant = try await provisioning.createTenant(slug: "one", name: "One", deadline: Self.limit)
            let ada = try await provisioning.createUser(email: "Ada@example.com", name: "Ada", passwordHash: "$a", deadline: Self.limit)
            let eve = try await provisioning.createUser(email: "eve@example.com", name: "Eve", passwordHash: "$e", deadline: Self.limit)
            _ = try await provisioning.setMember(ada, of: tenant.id, role: .owner, deadline: Self.limit)
            let client = try database.client(role: "auth")
            func count(_ context: String, _ call: String) async throws -> Int? {
                try await client.withConnection(deadline: Self.limit) { connection in
                    try await connection.begin()
                    _ = try await connection.query("select tenancy.use($1)", [.text(context)])
                    guard case .rows(let rows, _) = await Outcome.of("select * from identity.\(call)", on: connection) else { return nil }
                    return rows.count
                }
            }
            func signsIn(_ name: String) -> String { "begin_sign_in('\(name)@example.com', '192.0.2.1') where user_id is not null" }
            let signIn = try database.context(.identity, role: nil, handler: "auth")
            let asAda = try database.context(tenant: tenant.id, user: ada, handler: "auth")
            for (context, own, other) in [(signIn, 1, 1), (asAda, 1, 0)] {
                #expect(try await count(context, signsIn("ada")) == own)
                #expect(try await count(context, signsIn("eve")) == other)
                #expect(try await count(context, "profile('\(ada)')") == own)
                #expect(try await count(context, "profile('\(eve)')") == other)
                #expect(try await count(context, "memberships('\(ada)')") == own)
                #expect(try await count(context, "memberships('\(eve)')") == 0)
            }
            #expect(try await count("", signsIn("ada")) == nil)
            #expect(try await count(database.context(.identity, role: nil, handler: "dashboards"), signsIn("ada")) == nil)
        }
    }
}
