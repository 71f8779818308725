import Billing
import Kernel
import Testing

@Suite("changes of a subscription") struct ChangeTests {
    private func change(
        _ state: Subscription, to plan: PlanOffer, trial: Bool = false, _ terms: Subscription.Terms, at now: Timestamp = Plans.now
    ) throws(AppError) -> Step {
        try state.changing(from: Plans.offer(state.plan), to: plan, trial: trial, terms, at: now)
    }

    @Test func `by hand, what must be paid waits for an operator`() throws {
        let step = try change(Plans.onFree, to: Plans.pro, Plans.manual)
        #expect(step.reason == "requested" && step.order == .nothing)
        #expect(step.state.plan == "free" && step.state.requestedPlan == "pro")
        #expect(try change(step.state, to: Plans.pro, Plans.manual).reason == "unchanged")
        // Another wish takes the place of the first; none takes it back.
        #expect(try change(step.state, to: Plans.enterprise, Plans.manual).state.requestedPlan == "enterprise")
        let withdrawn = try step.state.canceling(at: Plans.now)
        #expect(withdrawn.reason == "request_withdrawn" && withdrawn.state.requestedPlan == nil && withdrawn.state.plan == "free")
    }

    @Test func `where the operator trusts, more takes effect at once and the paid period goes on`() throws {
        let first = try change(Plans.onFree, to: Plans.pro, Plans.trust)
        #expect(first.reason == "upgraded" && first.state.plan == "pro" && first.state.status == .active)
        #expect(first.state.periodEnd == Timestamp("2026-02-28T10:00:00Z") && first.state.dueAt == first.state.periodEnd)
        let second = try change(first.state, to: Plans.enterprise, Plans.trust, at: Plans.now + 10)
        #expect(second.state.plan == "enterprise" && second.state.periodEnd == first.state.periodEnd)
    }

    @Test func `a plan without a price is asked for, whoever takes payments`() throws {
        for terms in [Plans.manual, Plans.trust, Plans.paid] {
            #expect(try change(Plans.onFree, to: Plans.agreed, terms).state.requestedPlan == "acme")
            #expect(try change(Plans.charged("pro"), to: Plans.agreed, terms).reason == "requested")
        }
    }

    @Test func `less takes effect when the paid period ends, and can be taken back until then`() throws {
        let paid = Plans.byHand(Plans.enterprise)
        let step = try change(paid, to: Plans.pro, Plans.manual, at: Plans.now + 3)
        #expect(step.reason == "downgrade_scheduled" && step.state.plan == "enterprise" && step.state.scheduledPlan == "pro")
        #expect(!step.state.cancelAtPeriodEnd && step.state.periodEnd == paid.periodEnd)
        let back = try step.state.resuming(plan: Plans.enterprise, Plans.manual, at: Plans.now + 4)
        #expect(back.state.scheduledPlan == nil && back.reason == "resumed")
        #expect(try change(step.state, to: Plans.enterprise, Plans.manual).state.scheduledPlan == nil)
        #expect(throws: AppError.self) { try paid.resuming(plan: Plans.enterprise, Plans.manual, at: Plans.now) }
        let free = try change(paid, to: Plans.free, Plans.manual)
        #expect(free.state.cancelAtPeriodEnd && free.state.scheduledPlan == "free" && free.state.plan == "enterprise")
        // Nothing was paid: at once.
        var given = paid
        given.periodEnd = nil
        #expect(try change(given, to: Plans.pro, Plans.manual).state.plan == "pro")
    }

    @Test func `a plan is tried once, above one's own, by who pays for nothing`() throws {
        let step = try change(Plans.onFree, to: Plans.pro, trial: true, Plans.paid)
        #expect(step.reason == "trial_started" && step.order == .nothing)
        #expect(step.state.status == .trialing && step.state.plan == "pro" && step.state.trialUsed)
        #expect(step.state.trialEnd == Plans.now + 14 && step.state.dueAt == step.state.trialEnd && step.state.periodEnd == nil)
        let over = step.state.due(plan: Plans.pro, next: nil, at: Plans.now + 14)
        #expect(over.reason == "trial_ended" && over.state.plan == "free" && over.state.status == .active && over.state.dueAt == nil)
        #expect(step.state.due(plan: Plans.pro, next: nil, at: Plans.now + 13).reason == "unchanged")
        #expect(throws: AppError.self) { try change(over.state, to: Plans.pro, trial: true, Plans.paid) }
        #expect(throws: AppError.self) { try change(Plans.onFree, to: Plans.enterprise, trial: true, Plans.paid) }
        #expect(throws: AppError.self) { try change(Plans.byHand(Plans.pro), to: Plans.pro, trial: true, Plans.paid) }
        #expect(throws: AppError.self) { try change(Plans.charged("pro"), to: Plans.pro, trial: true, Plans.paid) }
    }

    @Test func `who tries a plan buys it, keeps what is left of the trial, or leaves it at once`() throws {
        let tried = try change(Plans.onFree, to: Plans.pro, trial: true, Plans.paid).state
        #expect(try change(tried, to: Plans.pro, Plans.paid, at: Plans.now + 1).order == .checkout(plan: "pro", trialEnd: Plans.now + 14))
        // Too near for the provider: it begins now.
        #expect(try change(tried, to: Plans.pro, Plans.paid, at: Plans.now + 13).order == .checkout(plan: "pro", trialEnd: nil))
        #expect(try change(tried, to: Plans.pro, Plans.manual, at: Plans.now + 1).reason == "requested")
        let left = try tried.canceling(at: Plans.now + 1)
        #expect(left.state.plan == "free" && left.state.status == .canceled && left.state.trialUsed)
        #expect(try change(tried, to: Plans.free, Plans.paid).state.plan == "free")
    }

    @Test func `where payments are taken, the first one is made on a page and changes nothing before`() throws {
        let step = try change(Plans.onFree, to: Plans.pro, Plans.paid)
        #expect(step.order == .checkout(plan: "pro", trialEnd: nil) && step.state.plan == "free")
        let claim = Plans.onFree.claimed(for: step.order, id: Plans.change, at: Plans.now)
        #expect(claim.plan == "free" && claim.isClaimed(at: Plans.now) && claim.dueAt == claim.changeUntil)
        let waiting = claim.awaiting(checkout: "cs_1", plan: "pro", customer: "cus_1", at: Plans.now)
        #expect(waiting.plan == "free" && !waiting.isClaimed(at: Plans.now) && waiting.checkoutID == "cs_1" && waiting.dueAt == nil)
    }

    @Test func `of two changes at once the second waits`() throws {
        let claim = Plans.charged("pro").claimed(for: .setCancel(subscription: "sub_1", true), id: Plans.change, at: Plans.now)
        for plan in [Plans.pro, Plans.enterprise, Plans.free] {
            let error = #expect(throws: AppError.self) { try change(claim, to: plan, Plans.paid, at: Plans.now + .seconds(59)) }
            #expect(error?.code == .conflict && error?.retryAfter != nil)
        }
        #expect(throws: AppError.self) { try claim.canceling(at: Plans.now + .seconds(59)) }
        // Nobody waits for one who died.
        #expect(try change(claim, to: Plans.enterprise, Plans.paid, at: Plans.now + .seconds(60)).reason == "upgraded")
    }

    @Test func `what is charged is moved: more with the difference at once, less without`() throws {
        let up = try change(Plans.charged("pro"), to: Plans.enterprise, Plans.paid)
        #expect(up.order == .move(subscription: "sub_1", plan: "enterprise", prorate: true))
        let down = try change(Plans.charged("enterprise"), to: Plans.pro, Plans.paid)
        #expect(down.order == .move(subscription: "sub_1", plan: "pro", prorate: false) && down.state.plan == "enterprise")
        let end = try Plans.charged("pro").canceling(at: Plans.now)
        #expect(end.order == .setCancel(subscription: "sub_1", true) && end.state.plan == "pro")
        #expect(try change(Plans.charged("pro"), to: Plans.free, Plans.paid).order == end.order)
        #expect(throws: AppError.self) { try change(Plans.charged("pro"), to: Plans.yearly, Plans.paid) }
        #expect(try change(Plans.charged("pro"), to: Plans.pro, Plans.paid).reason == "unchanged")
    }

    @Test func `proration: a price that was lowered for later is put back before it is raised`() throws {
        var state = Plans.charged("enterprise")
        state.scheduledPlan = "pro"
        let larger = PlanOffer(name: "larger", title: "Larger", position: 99, price: 99_900)
        let step = try state.changing(from: Plans.enterprise, to: larger, trial: false, Plans.paid, at: Plans.now)
        #expect(step.order == .move(subscription: "sub_1", plan: "larger", prorate: true, restoring: "enterprise"))
        #expect(try change(state, to: Plans.enterprise, Plans.paid).order == .move(subscription: "sub_1", plan: "enterprise", prorate: false))
    }

    @Test func `a payment that is missing comes first`() throws {
        let state = Plans.charged("pro").reported(Plans.report("pro", .unpaid), at: Plans.now).state
        #expect(state.status == .unpaid && state.plan == "free")
        #expect(throws: AppError.self) { try change(state, to: Plans.pro, Plans.paid) }
        #expect(throws: AppError.self) { try state.canceling(at: Plans.now) }
    }

    @Test func `there is nothing to cancel on the free plan`() {
        #expect(throws: AppError.self) { try Plans.onFree.canceling(at: Plans.now) }
    }
}
