import Addresses
import HandlerKit
import Mailing
import Outbound
import Tokens

/// What people and their programs are told: in the app, by mail, by webhooks.
@main struct NotificationsHandler: Handler {
    private let parts: Result<Parts, AppError>

    init(environment: HandlerEnvironment) {
        parts = Result { () throws(AppError) in
            try Parts(
                try OutboundRules.settings(environment.secret("outbound_settings")),
                MailQueue(ring: try SealingRing(try SecretRing(environment.secret("mail_key")))))
        }
    }

    var routes: [Route] {
        InboxRoutes.routes
        PreferenceRoutes.routes
        ChannelRoutes(parts: parts).routes
        TemplateRoutes.routes
        SendRoute.route
        LogRoute.route
        RetainRoute.route
    }

    var jobs: [Job] { DeliverJob(parts: parts).job }

    static var statements: [Statement] {
        InboxSQL.all + ChannelsSQL.all + TemplatesSQL.all + OutboxSQL.all + RetainSQL.all + [MailSQL.queueOfTenant, AuditSQL.append]
    }
}

/// What all routes share.
struct Parts: Sendable {
    let rules: OutboundRules
    let client: HTTPClient
    let mail: MailQueue

    init(_ rules: OutboundRules, _ mail: MailQueue) throws(AppError) {
        self.rules = rules
        self.mail = mail
        client = try HTTPClient(rules)
    }
}
