import HandlerKit
import Mailing
import Tokens

/// What operators of the installation do: tenants from their making to their end, and who else is an operator.
@main struct AdminHandler: Handler {
    private let creation: CreateTenantRoute

    init(environment: HandlerEnvironment) throws {
        creation = CreateTenantRoute(mail: MailQueue(ring: try SealingRing(SecretRing(environment.secret("mail_key")))))
    }

    var routes: [Route] {
        creation.route
        TenantRoutes.routes
        StatusRoutes.routes
        FigureRoutes.routes
        OperatorRoutes.routes
    }

    static var statements: [Statement] {
        TenantsSQL.all + OperatorsSQL.all + [AuditSQL.append, OperatorSQL.event, OperatorSQL.eventOfTenant, MailSQL.queueOfTenant]
    }
}
