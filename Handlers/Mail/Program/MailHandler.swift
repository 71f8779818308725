import Addresses
import HandlerKit
import Mailing
import Outbound
import Tokens

/// Sends what waits in the outbox, when the host asks for it.
@main struct MailHandler: Handler {
    private let delivery: Result<Delivery, AppError>

    init(environment: HandlerEnvironment) {
        delivery = Result { () throws(AppError) in
            let settings = try MailSettings.settings(environment.secret("mail_settings"))
            let ring = try SealingRing(try SecretRing(environment.secret("mail_key")))
            return try Delivery(settings, queue: MailQueue(ring: ring))
        }
    }

    var routes: [Route] {
        Route.post("/internal/mail/deliver", access: .system, summary: "Send due mail") {
            [delivery] (input: DeliverInput, invocation: SystemInvocation) async throws -> DeliverAnswer in
            try await delivery.get().run(input, invocation)
        }
    }

    static var statements: [Statement] { OutboxSQL.all }
}
