import HandlerKit
import Mailing
import Tokens

/// People and what they may do in a tenant: profiles, members, invitations, roles, API keys, and what the tenant asks of its members' sign-in.
@main struct UsersHandler: Handler {
    private let invitations: InvitationRoutes

    init(environment: HandlerEnvironment) throws {
        invitations = InvitationRoutes(mail: MailQueue(ring: try SealingRing(SecretRing(environment.secret("mail_key")))))
    }

    var routes: [Route] {
        ProfileRoutes.routes
        PreferencesRoutes.routes
        MemberRoutes.routes
        invitations.routes
        SecurityRoutes.routes
        RoleRoutes.routes
        KeyRoutes.routes
    }

    static var statements: [Statement] {
        ProfileSQL.all + MembersSQL.all + InvitationsSQL.all + RolesSQL.all + KeysSQL.all + [AuditSQL.append, MailSQL.queueOfTenant]
    }
}
