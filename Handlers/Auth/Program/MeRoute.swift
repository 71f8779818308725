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
            guard let membership = memberships.first(where: { $0.tenant == invocation.tenant }), let row = results[1].first else {
                // The member or the user was removed after the token had been checked.
                throw AppError(.unauthenticated)
            }
            return MeAnswer(user: .init(id: user, try Profile(row)), membership: membership, rights: invocation.principal.rights)
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

    init(user: User, membership: Membership, rights: Rights?) {
        self.user = user
        tenant = TenantAnswer(membership)
        role = membership.role
        scopes = Self.scopes.filter { rights?.holds($0) ?? false }
    }

    private static let scopes = ["dashboard:read", "businesses:read", "businesses:write", "data:write", "profile:read"]
}
