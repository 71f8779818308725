import Billing
import HandlerKit
import Stripe

/// `POST /billing/webhooks/stripe`: the payment provider says that something happened.
///
/// An event is believed by its signature, noted by its id, and then only taken as a reason to ask for the subscription as it is now: so it does not
/// matter what it says, how often it comes, and in which order. Whose it is follows from the customer, whom the provider names and we have made.
/// What cannot be done now is answered with 503, and comes again.
struct WebhookRoute: Sendable {
    let parts: Result<Parts, AppError>

    var route: Route {
        Route.post(
            "/billing/webhooks/stripe", access: .anonymous, summary: "Events of the payment provider", body: .bytes(limit: StripeEvent.limit)
        ) { (_: NoInput, invocation: AnonymousInvocation) async throws -> WebhookAnswer in
            let parts = try parts.get()
            guard let signature = parts.signature else { throw AppError(.notFound, "No payment provider is set up here") }
            let body = try await invocation.body.collect(limit: StripeEvent.limit)
            try signature.verify(invocation.request.header("stripe-signature"), body: body, at: invocation.time.now())
            let event = try StripeEvent(body)
            let known = try await invocation.database.rows(
                SubscriptionsSQL.receive, .text(event.id), .text(event.kind), .timestamp(event.createdAt), .text(event.customer))
            switch try known.first?.text(0) {
            case "handled": break
            case "stranger": try await settle(event, nil, "stranger", invocation)
            default: try await handle(event, parts.provider, invocation)
            }
            return WebhookAnswer(received: true)
        }
    }

    private func handle(_ event: StripeEvent, _ provider: any BillingProvider, _ invocation: AnonymousInvocation) async throws {
        guard let id = event.subscription else { return try await settle(event, nil, "ignored", invocation) }
        for _ in 0..<SubscriptionDesk.tries {
            // The state first, then the report: where the state is still that one when the report is taken, no newer report was.
            guard let row = try await invocation.database.rows(SubscriptionsSQL.ofCustomer, .text(event.customer)).first else {
                return try await settle(event, nil, "stranger", invocation)
            }
            let state = try Standing(row).state
            guard let found = try await provider.report(id) else { return try await settle(event, nil, "missing", invocation) }
            let report = try await SubscriptionDesk.checked(found) { name in
                try await invocation.database.rows(SubscriptionsSQL.isPlan, .text(name)).first?.bool(0) == true
            }
            let step = state.reported(report, at: invocation.time.now())
            if report.plan == nil {
                invocation.logger.error("a subscription has a price that is no plan's", metadata: .keys([.reason: "\(id)"]))
            }
            if case .end = step.order {
                invocation.logger.error(
                    "a tenant has paid for a second subscription, which is ended",
                    metadata: .keys([.tenantID: "\(state.tenant)", .reason: "\(id)"]))
                try await provider.carryOut(step.order, key: "end-\(id)")
            }
            // What is only put off touches the state, so that whoever changes it asks once more.
            let next = step.state != state || step.reason == "deferred" ? step.state : nil
            if try await settled(event, next, state.revision, step.reason, invocation) { return }
        }
        throw AppError(.unavailable, "Other changes of the subscription came in between; send it again", retryAfter: .seconds(5))
    }

    private func settle(_ event: StripeEvent, _ state: Subscription?, _ outcome: String, _ invocation: AnonymousInvocation) async throws {
        _ = try await settled(event, state, 0, outcome, invocation)
    }

    private func settled(
        _ event: StripeEvent, _ state: Subscription?, _ revision: Int, _ outcome: String, _ invocation: AnonymousInvocation
    ) async throws -> Bool {
        let json = try state.map { try JSON.encode($0) }
        let rows = try await invocation.database.rows(
            SubscriptionsSQL.settle, .text(event.id), .text(event.customer), .int32(Int32(revision)), .optional(json, Bind.json), .text(outcome),
            .text("\(outcome): \(event.kind)"))
        return try rows.first?.bool(0) == true
    }
}

struct WebhookAnswer: Encodable, Sendable {
    let received: Bool
}
