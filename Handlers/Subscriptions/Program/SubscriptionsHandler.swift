import Addresses
import Billing
import HandlerKit
import Stripe

/// What tenants subscribe to, and who takes the payments.
@main struct SubscriptionsHandler: Handler {
    private let parts: Result<Parts, AppError>

    init(environment: HandlerEnvironment) {
        parts = Result { () throws(AppError) in try Parts(BillingSettings.settings(environment.secret("billing_settings"))) }
    }

    var routes: [Route] {
        PlanRoutes().routes
        SubscriptionRoutes(parts: parts).routes
        UsageRoute().route
        WebhookRoute(parts: parts).route
        AdvanceRoute(parts: parts).route
        EraseRoute(parts: parts).route
    }

    @JobsBuilder var jobs: [Job] { RefreshUsage.job }

    static var statements: [Statement] { SubscriptionsSQL.all }
}

/// What all routes share.
struct Parts: Sendable {
    let provider: any BillingProvider
    /// What events are checked with; nil where no provider sends any.
    let signature: StripeSignature?

    init(_ settings: BillingSettings) throws(AppError) {
        guard let stripe = settings.stripe else {
            guard let rule = Subscription.ManualRule(rawValue: settings.manual) else {
                throw AppError(.internalError, detail: "billing_settings: no rule is called \(settings.manual)")
            }
            provider = ManualProvider(rule)
            signature = nil
            return
        }
        provider = StripeProvider(
            try StripeAPI(url: stripe.url, key: stripe.key, outbound: settings.outbound), returnURL: settings.returnURL)
        signature = StripeSignature(secrets: stripe.webhookSecrets)
    }
}
