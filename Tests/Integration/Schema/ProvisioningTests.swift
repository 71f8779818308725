import Kernel
import Postgres
import Tenants
import TestSupport
import Testing

extension Integration {
    @Suite(.testDatabase) struct ProvisioningTests {
        private static var limit: Deadline { .after(.seconds(240)) }

        private func provisioning() throws -> Provisioning { Provisioning(client: try TestDatabase.current.client(role: "admin")) }

        @Test("a tenant is created, found by slug and id, listed, suspended, let in again; each by the admin role")
        func tenants() async throws {
            let provisioning = try provisioning()
            let made = try await provisioning.createTenant(slug: "acme", name: "Acme GmbH", deadline: Self.limit)
            #expect(made.status == .active && made.plan == "free")
            #expect(try await provisioning.tenant("acme", deadline: Self.limit) == made)
            #expect(try await provisioning.tenant(made.id.description, deadline: Self.limit) == made)
            #expect(try await provisioning.setStatus(.suspended, of: made.id, deadline: Self.limit).status == .suspended)
            #expect(try await provisioning.tenants(deadline: Self.limit).map(\.status) == [.suspended])
            #expect(try await provisioning.setStatus(.active, of: made.id, deadline: Self.limit) == made)
            #expect(made.weight == 100)
            #expect(try await provisioning.setWeight(250, of: made.id, deadline: Self.limit).weight == 250)
            #expect(try await provisioning.tenant("acme", deadline: Self.limit).weight == 250)
        }

        @Test("what is taken, wrong or unknown is said so")
        func refusals() async throws {
            let provisioning = try provisioning()
            let tenant = try await provisioning.createTenant(slug: "acme", name: "Acme", deadline: Self.limit)
            func code(_ body: () async throws -> Void) async -> ErrorCode? {
                do { try await body() } catch { return (error as? AppError)?.code }
                return nil
            }
            for slug in ["", "Acme", "1a", "a b", "-a", String(repeating: "a", count: 64)] {
                #expect(await code { _ = try await provisioning.createTenant(slug: slug, name: "x", deadline: Self.limit) } == .validation, "\(slug)")
            }
            #expect(await code { _ = try await provisioning.createTenant(slug: "acme", name: "x", deadline: Self.limit) } == .conflict)
            #expect(await code { _ = try await provisioning.createTenant(slug: "b", name: "", deadline: Self.limit) } == .validation)
            let unknownPlan = await code { _ = try await provisioning.createTenant(slug: "b", name: "x", plan: "gold", deadline: Self.limit) }
            #expect(unknownPlan == .validation)
            for email in ["", "a", "a@b", "@b.c", "a@", "a b@c.d", "a@b.c@d.e"] {
                let found = await code { _ = try await provisioning.createUser(email: email, name: "x", passwordHash: "$", deadline: Self.limit) }
                #expect(found == .validation, "\(email)")
            }
            let user = try await provisioning.createUser(email: "Ada@Example.com", name: "Ada", passwordHash: "$1", deadline: Self.limit)
            #expect(try await provisioning.user(email: "ADA@example.com", deadline: Self.limit) == user)
            let again = await code {
                _ = try await provisioning.createUser(email: "ada@example.com", name: "x", passwordHash: "$", deadline: Self.limit)
            }
            #expect(again == .conflict)
            let nobody = TenantID(UUID(high: 9, low: 9))
            #expect(await code { _ = try await provisioning.setMember(user, of: nobody, role: .viewer, deadline: Self.limit) } == .notFound)
            #expect(await code { _ = try await provisioning.setStatus(.active, of: nobody, deadline: Self.limit) } == .notFound)
            #expect(await code { try await provisioning.removeMember(user, of: tenant.id, deadline: Self.limit) } == .notFound)
            #expect(await code { _ = try await provisioning.tenant("nobody", deadline: Self.limit) } == .notFound)
        }

        @Test("pitfall 26: every change of a membership or a tenant raises the epoch and is announced with the tenant's id alone")
        func announcements() async throws {
            let database = try TestDatabase.current
            let provisioning = try provisioning()
            let host = try database.client(role: "host")
            var events = host.listen(["tenancy_changed"]).makeAsyncIterator()
            #expect(await events.next() == .listening)
            let tenant = try await provisioning.createTenant(slug: "acme", name: "Acme", deadline: Self.limit)
            let user = try await provisioning.createUser(email: "ada@example.com", name: "Ada", passwordHash: "$1", deadline: Self.limit)
            #expect(try await provisioning.setMember(user, of: tenant.id, role: .viewer, deadline: Self.limit) == 1)
            #expect(try await provisioning.setMember(user, of: tenant.id, role: .owner, deadline: Self.limit) == 2)
            #expect(try await provisioning.members(of: tenant.id, deadline: Self.limit).map(\.role) == [.owner])
            _ = try await provisioning.setStatus(.suspended, of: tenant.id, deadline: Self.limit)
            try await provisioning.removeMember(user, of: tenant.id, deadline: Self.limit)
            for _ in 0..<4 {
                #expect(await events.next() == .notified(channel: "tenancy_changed", payload: tenant.id.description))
            }
        }
    }
}
