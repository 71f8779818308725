import Kernel
import Postgres
import TestSupport

/// A user in a tenant, made for a test.
struct Member: Sendable {
    let tenant: TenantID
    let user: UserID
    let role: Role

    /// A tenant of that number with one member.
    static func make(_ number: Int = 1, role: Role = .owner) async throws -> Member {
        let tenant = try await TestDatabase.current.tenant(number)
        return try await join(tenant, number: number, role: role)
    }

    /// Another member of a tenant.
    static func join(_ tenant: TenantID, number: Int, role: Role) async throws -> Member {
        let database = try TestDatabase.current
        let user = UserID(UUID(high: 0x0190_0000_0000_7001, low: 0x8000_0000_0000_0000 | UInt64(number)))
        _ = try await database.query(
            "insert into identity.users (id, email, name) values ($1, $2, $3) on conflict do nothing",
            [.id(user), .text("user-\(number)@example.test"), .text("User \(number)")])
        _ = try await database.query(
            "insert into tenancy.memberships (tenant_id, user_id, role, epoch) values ($1, $2, $3, 1)",
            [.id(tenant), .id(user), .text(role.rawValue)])
        return Member(tenant: tenant, user: user, role: role)
    }

    /// A business of the tenant.
    func business(_ number: Int, name: String = "Business") async throws -> UUID {
        let id = UUID(high: 0x0190_0000_0000_7002, low: 0x8000_0000_0000_0000 | UInt64(number))
        _ = try await TestDatabase.current.query(
            "insert into app.businesses (tenant_id, id, name) values ($1, $2, $3)", [.id(tenant), .uuid(id), .text(name)])
        return id
    }
}
