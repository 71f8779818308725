import Billing
import HandlerKit

/// `/users/subscription`, `/users/upgrade`: what the tenant has, and changes of it.
struct SubscriptionRoutes: Sendable {
    let parts: Result<Parts, AppError>

    @RoutesBuilder var routes: [Route] {
        Route.get("/users/subscription", access: .bearer("billing:read"), summary: "The tenant's plan, and what is used of it") {
            (_: NoInput, invocation: Invocation) async throws -> SubscriptionAnswer in
            var answer = SubscriptionAnswer(try await SubscriptionDesk.standing(invocation), at: invocation.time.now())
            answer.quotas = try await invocation.database.rows(SubscriptionsSQL.quotas).map { try QuotaAnswer($0) }
            return answer
        }
        Route.post("/users/upgrade", access: .bearer("billing:write"), summary: "Another plan: more at once, less when the period ends") {
            (input: UpgradeInput, invocation: Invocation) async throws -> ChangeAnswer in
            let offer = try await SubscriptionDesk.offer(input.plan, invocation)
            return try await change(invocation, details: ["plan": .string(offer.name), "trial": .bool(input.trial ?? false)]) {
                standing, terms, now throws(AppError) in
                try standing.state.changing(from: standing.plan, to: offer, trial: input.trial ?? false, terms, at: now)
            }
        }
        Route.post("/users/subscription/cancel", access: .bearer("billing:write"), summary: "Pay no more", body: .none) {
            (_: NoInput, invocation: Invocation) async throws -> ChangeAnswer in
            try await change(invocation) { standing, _, now throws(AppError) in try standing.state.canceling(at: now) }
        }
        Route.post("/users/subscription/resume", access: .bearer("billing:write"), summary: "Take back what was to end or change", body: .none) {
            (_: NoInput, invocation: Invocation) async throws -> ChangeAnswer in
            try await change(invocation) { standing, terms, now throws(AppError) in
                try standing.state.resuming(plan: standing.plan, terms, at: now)
            }
        }
        Route.post("/users/subscription/portal", access: .bearer("billing:write"), summary: "A page for means of payment and bills", body: .none) {
            (_: NoInput, invocation: Invocation) async throws -> PortalAnswer in
            try Self.refuseKey(invocation)
            let provider = try parts.get().provider
            guard provider.terms.takesPayments else { throw ManualProvider.nobody }
            guard let customer = try await SubscriptionDesk.standing(invocation).state.customerID else {
                throw AppError(.conflict, "There is nothing to pay yet: choose a plan first")
            }
            return PortalAnswer(url: try await provider.portal(customer: customer))
        }
    }

    /// With a key all of an invocation is one transaction, and no transaction waits for another host.
    static func refuseKey(_ invocation: Invocation) throws(AppError) {
        guard invocation.idempotencyKey == nil else {
            throw AppError(
                .badRequest, "Send this without Idempotency-Key: asking twice for the same plan changes nothing, and makes no second payment")
        }
    }

    /// Decides, stores, and where a provider must be asked, asks. Decided anew where another change came first.
    private func change(
        _ invocation: Invocation, details: JSONObject = [:],
        _ decide: @Sendable (Standing, Subscription.Terms, Timestamp) throws(AppError) -> Step
    ) async throws -> ChangeAnswer {
        let provider = try parts.get().provider
        let desk = SubscriptionDesk(invocation: invocation)
        for _ in 0..<SubscriptionDesk.tries {
            let standing = try await SubscriptionDesk.standing(invocation)
            let now = invocation.time.now()
            let step = try decide(standing, provider.terms, now)
            if step.order != .nothing {
                try Self.refuseKey(invocation)
                let order = PaidChange(provider: provider, desk: desk, details: details)
                if let answer = try await order.run(step, standing) { return answer }
            } else if step.reason == "unchanged" {
                return ChangeAnswer(outcome: step.reason, checkoutURL: nil, subscription: SubscriptionAnswer(standing, at: now))
            } else {
                let line = invocation.audit(
                    "subscription.changed", target: ("plan", standing.plan.name), details: .object(noted(details, step, standing)))
                if try await desk.store(step.state, expecting: standing.state.revision, step.reason, line) {
                    let after = try await SubscriptionDesk.standing(invocation)
                    return ChangeAnswer(outcome: step.reason, checkoutURL: nil, subscription: SubscriptionAnswer(after, at: now))
                }
            }
        }
        throw AppError(.conflict, "Other changes of the subscription came in between; try again", retryAfter: .seconds(1))
    }

    private func noted(_ details: JSONObject, _ step: Step, _ standing: Standing) -> JSONObject {
        var noted = details
        noted["outcome"] = .string(step.reason)
        noted["old_plan"] = .string(standing.plan.name)
        return noted
    }
}

struct UpgradeInput: Decodable, Sendable, Validated {
    /// Its name, as `GET /plans` lists it.
    let plan: String
    /// Try it first; once for each tenant. Defaults to false.
    let trial: Bool?

    func validate(_ issues: inout [AppError.Issue]) { issues.requireLength(plan, "plan", 1...32) }
}

struct PortalAnswer: Encodable, Sendable {
    /// Good for a few minutes, for whoever has it.
    let url: String
}
