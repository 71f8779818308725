import HandlerKit

/// `GET /auth/me`: whom the access token stands for, and what it opens.
enum MeRoute {
    static var route: Route {
        Route.get("/auth/me", access: .bearer("profile:read"), summary: "The signed-in user") {
            (_: NoInput, invocation: Invocation) async throws -> MeAnswer in
            let user = invocation.principal.user
            let results = try await invocation.identity.transaction([
                Call(IdentitySQL.memberships, [.id(user)]), Call(IdentitySQL.profile, [.id(user)]),
            ])
            let memberships = try results[0].map { try Membership($0) }
            guard let membership = memberships.first(where: { $0.tenant.id == invocation.tenant }), let row = results[1].first else {
                // The member or the user was removed after the token had been checked.
                throw AppError(.unauthenticated)
            }
            return MeAnswer(
                user: .init(id: user, try Profile(row)), tenant: membership.tenant,
                tenants: memberships.filter { !$0.isSuspended }.map(\.tenant), principal: invocation.principal)
        }
    }
}

/// A user in the tenant of the token.
struct MeAnswer: Codable, Sendable {
    struct User: Codable, Sendable {
        let id: UserID
        let email: String
        let name: String
        let createdAt: Timestamp

        enum CodingKeys: String, CodingKey {
            case id, email, name
            case createdAt = "created_at"
        }

        init(id: UserID, _ profile: Profile) {
            self.id = id
            email = profile.email
            name = profile.name
            createdAt = profile.createdAt
        }
    }

    let user: User
    let tenant: TenantAnswer
    let role: Role
    /// The scopes that the caller holds.
    let scopes: [String]
    /// All that the user can switch to, this one among them.
    let tenants: [TenantAnswer]
    /// Nil for a token of no session.
    let sessionID: UUID?

    enum CodingKeys: String, CodingKey {
        case user, tenant, role, scopes, tenants
        case sessionID = "session_id"
    }

    init(user: User, tenant: TenantAnswer, tenants: [TenantAnswer], principal: Principal) {
        self.user = user
        self.tenant = tenant
        self.tenants = tenants
        role = tenant.role
        scopes = Self.scopes.filter { principal.holds($0) }
        sessionID = principal.session
    }

    private static let scopes = [
        "dashboard:read", "businesses:read", "businesses:write", "data:write", "alerts:write", "members:read", "members:write", "roles:read",
        "roles:write", "keys:read", "keys:write", "sso:read", "sso:write", "audit:read", "tenant:write", "profile:read", "profile:write",
        "sessions:read", "sessions:write", "sessions:end", "mfa:read", "mfa:write",
    ]
}
