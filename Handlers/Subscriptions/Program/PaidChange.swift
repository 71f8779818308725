import Billing
import HandlerKit

/// A change that the payment provider is asked for. It is claimed, so that of two at once the second hears 409; then asked for, with no transaction
/// open; then what the provider reports is taken. Whoever dies in between is finished by the report that the claim's end asks for.
struct PaidChange: Sendable {
    let provider: any BillingProvider
    let desk: SubscriptionDesk
    let details: JSONObject

    private var invocation: Invocation { desk.invocation }

    /// Nil where another change came first, and the step must be decided anew.
    func run(_ step: Step, _ standing: Standing) async throws -> ChangeAnswer? {
        let change = invocation.makeID()
        let before = standing.state
        let claim = before.claimed(for: step.order, id: change, at: invocation.time.now())
        guard try await desk.store(claim, expecting: before.revision, "claimed") else { return nil }
        switch step.order {
        case .checkout(let plan, let trialEnd): return try await checkOut(plan, trialEnd, change, before)
        case .move(let subscription, _, _, _), .setCancel(let subscription, _):
            do {
                try await provider.carryOut(step.order, key: "\(change)")
            } catch let error as AppError where [.conflict, .paymentRequired, .notFound].contains(error.code) {
                try await release(change, before)
                throw error
            }
            return try await take(subscription, change, step.reason)
        case .nothing, .end, .refresh: throw AppError(.internalError, detail: "\(step.order) is nothing that a member asks for")
        }
    }

    // MARK: the first payment

    private func checkOut(
        _ plan: String, _ trialEnd: Timestamp?, _ change: UUID, _ before: Subscription
    ) async throws -> ChangeAnswer {
        var customer = before.customerID
        do {
            let offer = try await SubscriptionDesk.offer(plan, invocation)
            if customer == nil { customer = try await provider.customer(of: invocation.tenant, try await party(), key: "customer-\(change)") }
            guard let name = customer else { throw AppError(.internalError) }
            // One page at a time: two that are paid would be two subscriptions.
            var page: CheckoutPage?
            if let id = before.checkoutID {
                switch try await provider.checkout(id) {
                case .open(let open) where before.checkoutPlan == plan: page = open
                case .open: try await provider.close(checkout: id)
                case .complete(let subscription?): return try await take(subscription, change, "subscribed")
                case .complete, .expired: break
                }
            }
            if page == nil {
                let order = CheckoutOrder(tenant: invocation.tenant, customer: name, plan: offer, trialEnd: trialEnd)
                page = try await provider.checkout(order, key: "checkout-\(change)")
            }
            guard let page else { throw AppError(.internalError) }
            return try await settle(change, "checkout", url: page.url) { $0.awaiting(checkout: page.id, plan: plan, customer: name, at: $1) }
        } catch let error as AppError {
            // Whatever was made, nobody was given it, so nobody can pay there.
            try await release(change, before, customer: customer)
            throw error
        }
    }

    private func party() async throws -> BillingParty {
        guard let row = try await invocation.database.rows(SubscriptionsSQL.party).first else { throw AppError(.notFound) }
        return BillingParty(name: try row.text(0), slug: try row.text(1), email: row.isNull(2) ? nil : try row.text(2))
    }

    // MARK: the end of a change

    /// Takes what the provider reports now. A report that was asked for before somebody else's change of the state is asked for anew.
    private func take(_ subscription: String, _ change: UUID, _ reason: String) async throws -> ChangeAnswer {
        for _ in 0..<SubscriptionDesk.tries {
            let standing = try await SubscriptionDesk.standing(invocation)
            guard let found = try await provider.report(subscription) else {
                throw AppError(.unavailable, "The payment provider does not know this subscription any more", detail: subscription)
            }
            let report = try await SubscriptionDesk.checked(found) { name in
                try await invocation.identity.rows(SubscriptionsSQL.isPlan, .text(name)).first?.bool(0) == true
            }
            let step = standing.state.reported(report, finishing: change, at: invocation.time.now())
            if case .end = step.order { try await provider.carryOut(step.order, key: "end-\(subscription)") }
            if try await desk.store(step.state, expecting: standing.state.revision, reason, line(reason, standing)) {
                return try await answer(reason)
            }
        }
        throw AppError(.conflict, "Other changes of the subscription came in between; read it again", retryAfter: .seconds(1))
    }

    private func settle(
        _ change: UUID, _ reason: String, url: String, _ next: @Sendable (Subscription, Timestamp) -> Subscription
    ) async throws -> ChangeAnswer {
        for _ in 0..<SubscriptionDesk.tries {
            let standing = try await SubscriptionDesk.standing(invocation)
            guard standing.state.changeID == change else { break }
            let state = next(standing.state, invocation.time.now())
            if try await desk.store(state, expecting: standing.state.revision, reason, line(reason, standing)) {
                return try await answer(reason, url: url)
            }
        }
        throw AppError(.conflict, "Another change of the subscription came first; try again", retryAfter: .seconds(1))
    }

    private func release(_ change: UUID, _ before: Subscription, customer: String? = nil) async throws {
        for _ in 0..<SubscriptionDesk.tries {
            let state = try await SubscriptionDesk.standing(invocation).state
            guard state.changeID == change else { return }
            let free = state.released(before: before, customer: customer, at: invocation.time.now())
            if try await desk.store(free, expecting: state.revision, "refused") { return }
        }
    }

    private func line(_ reason: String, _ standing: Standing) -> Call {
        var noted = details
        noted["outcome"] = .string(reason)
        noted["old_plan"] = .string(standing.plan.name)
        return invocation.audit("subscription.changed", target: ("plan", standing.plan.name), details: .object(noted))
    }

    private func answer(_ outcome: String, url: String? = nil) async throws -> ChangeAnswer {
        let standing = try await SubscriptionDesk.standing(invocation)
        return ChangeAnswer(outcome: outcome, checkoutURL: url, subscription: SubscriptionAnswer(standing, at: invocation.time.now()))
    }
}
