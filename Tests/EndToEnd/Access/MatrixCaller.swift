import Kernel
import Postgres
import TestSupport
import Tokens

/// Somebody who calls every route of the matrix.
struct MatrixCaller: Sendable {
    let name: String
    /// A token of a new session, since some routes end the one that calls; nil for somebody who brings nothing.
    let token: @Sendable () async throws -> String?
    /// What it may do, as this test says it.
    let mayPass: @Sendable (Need) -> Bool

    /// All of them. `member` owns the tenant; `other` owns another one.
    static func all(_ host: RunningHost, _ member: Member, _ other: Member, scopes: [String]) async throws -> [MatrixCaller] {
        let ordinary = scopes.filter { scope in !["profile", "sessions", "mfa"].contains(scope.prefix { $0 != ":" }) }
        var callers = [MatrixCaller(name: "nobody", token: { nil }) { $0 == .open }]
        for (number, role, rank) in [(11, Role.viewer, 1), (12, .analyst, 2), (13, .admin, 3), (14, .owner, 3)] {
            let joined = try await Member.join(member.tenant, number: number, role: role)
            callers.append(MatrixCaller(name: role.rawValue, token: { try await host.session(joined) }) { $0.rank <= rank })
        }
        let auditor = try await custom("auditor", ["audit:read", "businesses:*"], member, number: 15)
        callers.append(
            MatrixCaller(name: "custom role", token: { try await host.session(auditor) }) { need in
                need.rank == 0 || need.scope == "audit:read" || need.scope?.hasPrefix("businesses:") == true
            })
        let wide = try await key(1, ordinary, member)
        let narrow = try await key(2, ["businesses:read"], member)
        callers.append(
            MatrixCaller(name: "owner's key with every scope", token: { wide }) { $0.isForKeys && $0.rank <= 3 })
        callers.append(
            MatrixCaller(name: "owner's key for businesses", token: { narrow }) {
                $0 == .open || $0.scope == "businesses:read"
            })
        let viewer = Member(tenant: member.tenant, user: UserID(UUID(high: member.user.uuid.high, low: 0x8000_0000_0000_000B)), role: .viewer)
        let viewers = try await key(3, ordinary, viewer)
        callers.append(
            MatrixCaller(name: "viewer's key with every scope", token: { viewers }) { $0.isForKeys && $0.rank <= 1 })
        callers.append(
            MatrixCaller(name: "restricted token", token: { try await host.session(member, scopes: ["mfa:*", "profile:read"]) }) { need in
                need == .open || need.scope == "profile:read" || need.scope?.hasPrefix("mfa:") == true
            })
        for (number, role) in [(16, OperatorRole.admin), (17, .support)] {
            // Owners of another tenant, which gives an operator nothing here and takes nothing.
            let person = try await Member.join(other.tenant, number: number, role: .owner)
            try await person.appoint(role)
            callers.append(
                MatrixCaller(name: "\(role.rawValue) of the installation", token: { try host.operatorToken(person.user) }) { need in
                    if case .operator(let scope) = need { return role.scopes.contains { $0.rawValue == scope } }
                    return need == .open
                })
        }
        callers.append(MatrixCaller(name: "another tenant's owner", token: { try await host.session(other) }) { $0.rank <= 3 })
        return callers
    }

    private static func custom(_ name: String, _ scopes: [String], _ member: Member, number: Int) async throws -> Member {
        let database = try TestDatabase.current
        _ = try await database.query(
            "insert into tenancy.roles (tenant_id, name, scopes) values ($1, $2, $3)", [.id(member.tenant), .text(name), .texts(scopes)])
        guard let role = Role(rawValue: name) else { throw AppError(.internalError, "\(name) is no role") }
        return try await Member.join(member.tenant, number: number, role: role)
    }

    /// A key that a member made.
    static func key(_ number: Int, _ scopes: [String], _ maker: Member) async throws -> String {
        let text = "tnk_key0000\(number)_" + String(repeating: "Ab", count: 21) + "A"
        _ = try await TestDatabase.current.query(
            """
            insert into tenancy.api_keys (tenant_id, id, prefix, hash, name, scopes, created_by) values ($1, gen_random_uuid(), $2, $3, $4, $5, $6)
            """,
            [
                .id(maker.tenant), .text("key0000\(number)"), .bytes(SHA256.hash(text).bytes), .text("key \(number)"), .texts(scopes),
                .id(maker.user),
            ])
        return text
    }
}

extension Need {
    /// 0: every member; 1 viewers, 2 analysts, 3 admins; 9 nobody.
    var rank: Int {
        switch self {
        case .open, .member, .personal: 0
        case .viewer: 1
        case .analyst: 2
        case .admin: 3
        case .system, .operator: 9
        }
    }

    /// What a key may be good for.
    var isForKeys: Bool {
        switch self {
        case .open, .viewer, .analyst, .admin: true
        case .member, .personal, .system, .operator: false
        }
    }
}
