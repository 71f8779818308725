import HandlerKit
import Mailing
import Tokens

/// `/invitations`: offers of a place in the tenant, sent by mail. The auth handler takes them up, since whoever accepts may have no account yet.
struct InvitationRoutes: Sendable {
    let mail: MailQueue

    @RoutesBuilder var routes: [Route] {
        Route.get("/invitations", access: .bearer("members:write"), summary: "Invitations that wait") {
            (_: NoInput, invocation: Invocation) async throws -> InvitationList in
            InvitationList(items: try await invocation.identity.rows(InvitationsSQL.list).map { try InvitationAnswer($0) })
        }
        Route.post(
            "/invitations", access: .bearer("members:write"), summary: "Invite an address for 7 days; the one before for it ends", status: 201,
            quota: [.members]
        ) { (input: InvitationInput, invocation: Invocation) async throws -> InvitationAnswer in
            try await RoleGranting.require(input.role, in: invocation)
            return try await invite(input, invocation)
        }
        Route.delete("/invitations/{invitation_id}", access: .bearer("members:write"), summary: "Take an invitation back", status: 204) {
            (path: InvitationPath, invocation: Invocation) async throws -> Response in
            try await invocation.database.interactive { transaction in
                guard let address = try await transaction.rows(InvitationsSQL.revoke, .uuid(path.id)).first?.optionalText(0) else {
                    throw AppError(.notFound, "There is no such invitation")
                }
                let line = invocation.audit("invitation.revoked", target: ("invitation", path.id), details: ["email": .string(address)])
                _ = try await transaction.batch([line])
            }
            return .noContent
        }
    }

    /// The answer does not tell whether the address has an account.
    private func invite(_ input: InvitationInput, _ invocation: Invocation) async throws -> InvitationAnswer {
        let email = input.email.lowercased()
        let id = invocation.makeID()
        let secret = OneTimeSecret()
        let now = invocation.time.now()
        let line = invocation.audit(
            "invitation.created", target: ("invitation", id), details: ["email": .string(email), "role": .string(input.role)])
        let expiresAt = try await invocation.database.interactive { transaction in
            let row = try await transaction.rows(InvitationsSQL.create, .uuid(id), .text(email), .text(input.role), .bytes(secret.hash)).first
            switch try row?.text(0) {
            case "created": break
            case "member": throw AppError(.conflict, "Whoever has this address is a member already")
            case "unknown_role": throw AppError.invalid("role", "expected owner, admin, analyst, viewer, or one of the tenant's own roles")
            case "owners_only": throw AppError(.forbidden, "Only owners make owners")
            default: throw AppError(.conflict, "200 invitations wait already; take some back first")
            }
            guard let row else { throw AppError(.internalError) }
            let template = MailTemplate.invitation(
                inviter: try row.optionalText(3) ?? "", tenant: try row.text(2), role: input.role, token: secret.text)
            _ = try await transaction.batch([line, try mail.tenantCall(template, to: email, tenant: invocation.tenant)])
            return try row.timestamp(1)
        }
        return InvitationAnswer(
            id: id, email: email, role: input.role, invitedBy: invocation.principal.user, createdAt: now, expiresAt: expiresAt)
    }
}

struct InvitationInput: Decodable, Sendable, Validated {
    let email: String
    let role: String

    func validate(_ issues: inout [AppError.Issue]) {
        issues.require((try? Mailbox(address: email)) != nil, "email", "expected an address such as ada@example.com")
        issues.require(Role(rawValue: role) != nil, "role", "expected the name of a role")
    }
}

struct InvitationPath: Decodable, Sendable {
    let id: UUID

    enum CodingKeys: String, CodingKey { case id = "invitation_id" }
}

/// An offer of a place. Its secret stands in the mail alone.
struct InvitationAnswer: Codable, Sendable {
    let id: UUID
    let email: String
    let role: String
    let invitedBy: UserID
    let createdAt: Timestamp
    let expiresAt: Timestamp

    enum CodingKeys: String, CodingKey {
        case id, email, role
        case invitedBy = "invited_by"
        case createdAt = "created_at"
        case expiresAt = "expires_at"
    }

    init(id: UUID, email: String, role: String, invitedBy: UserID, createdAt: Timestamp, expiresAt: Timestamp) {
        self.id = id
        self.email = email
        self.role = role
        self.invitedBy = invitedBy
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }

    /// The columns of ``InvitationsSQL/list``.
    init(_ row: Row) throws {
        id = try row.uuid(0)
        email = try row.text(1)
        role = try row.text(2)
        invitedBy = UserID(try row.uuid(3))
        createdAt = try row.timestamp(4)
        expiresAt = try row.timestamp(5)
    }
}

/// Offers that wait, the newest first; at most 200.
struct InvitationList: Codable, Sendable {
    let items: [InvitationAnswer]
}
