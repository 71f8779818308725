import Billing
import Kernel
import Testing

@Suite("reports of the payment provider") struct ReportTests {
    private static var customer: Subscription {
        var state = Plans.onFree
        state.customerID = "cus_1"
        (state.checkoutID, state.checkoutPlan) = ("cs_1", "pro")
        return state
    }

    @Test func `a first payment opens the plan, and the same report again changes nothing`() {
        let step = Self.customer.reported(Plans.report("pro"), at: Plans.now)
        #expect(step.reason == "subscribed" && step.state.plan == "pro" && step.state.provider == .stripe && step.state.isCharged)
        #expect(step.state.checkoutID == nil && step.state.subscriptionID == "sub_1" && step.state.periodEnd == Plans.now + 30)
        let again = step.state.reported(Plans.report("pro"), at: Plans.now + .seconds(60))
        #expect(again.state == step.state && again.reason == "unchanged")
        #expect(Self.customer.reported(Plans.report("pro", .incomplete), at: Plans.now).state == Self.customer)
    }

    @Test func `a report about somebody else's customer, or with no plan's price, changes nothing`() {
        let state = Plans.charged("pro")
        #expect(state.reported(Plans.report("enterprise", customer: "cus_2"), at: Plans.now).state == state)
        #expect(state.reported(Plans.report(nil), at: Plans.now).state == state)
        #expect(Plans.onFree.reported(Plans.report("enterprise"), at: Plans.now).state.plan == "free")
    }

    @Test func `a second subscription is ended, and the end of another one is no end of this one`() {
        let state = Plans.charged("pro")
        let second = state.reported(Plans.report("enterprise", id: "sub_2"), at: Plans.now)
        #expect(second.order == .end(subscription: "sub_2") && second.state == state)
        let other = state.reported(Plans.report("enterprise", .ended, id: "sub_2"), at: Plans.now)
        #expect(other.order == .nothing && other.state == state)
        // Late news of one that is over do not bring it back.
        let over = state.reported(Plans.report("pro", .ended), at: Plans.now).state
        #expect(over.plan == "free" && over.status == .canceled && over.subscriptionID == nil && over.customerID == "cus_1")
        #expect(over.reported(Plans.report("pro", .ended), at: Plans.now).state == over)
        #expect(over.reported(Plans.report("pro", id: "sub_3"), at: Plans.now).state.plan == "pro")
    }

    @Test func `a payment that fails keeps the plan while it is tried again, and brings it back when it comes`() {
        let state = Plans.charged("pro")
        let late = state.reported(Plans.report("pro", .pastDue), at: Plans.now).state
        #expect(late.plan == "pro" && late.status == .pastDue && late.isCharged)
        let unpaid = late.reported(Plans.report("pro", .unpaid), at: Plans.now)
        #expect(unpaid.reason == "unpaid" && unpaid.state.plan == "free" && !unpaid.state.isCharged && unpaid.state.subscriptionID == "sub_1")
        #expect(unpaid.state.reported(Plans.report("pro", .unpaid), at: Plans.now).reason == "unchanged")
        #expect(unpaid.state.reported(Plans.report("pro"), at: Plans.now).state.plan == "pro")
    }

    @Test func `a lower price counts from the next period on, an end too`() {
        var state = Plans.charged("enterprise")
        state.scheduledPlan = "pro"
        let same = state.reported(Plans.report("pro"), at: Plans.now)
        #expect(same.state.plan == "enterprise" && same.state.scheduledPlan == "pro")
        let next = same.state.reported(Plans.report("pro", period: 1), at: Plans.now + 30)
        #expect(next.state.plan == "pro" && next.state.scheduledPlan == nil && next.reason == "plan_reported")
        let ending = Plans.charged("pro").reported(Plans.report("pro", canceling: true), at: Plans.now).state
        #expect(ending.plan == "pro" && ending.scheduledPlan == "free" && ending.cancelAtPeriodEnd)
        let resumed = ending.reported(Plans.report("pro"), at: Plans.now).state
        #expect(resumed.scheduledPlan == nil && !resumed.cancelAtPeriodEnd)
        // Lowered elsewhere, by an operator in the provider's own pages: nobody promised the rest of the period.
        #expect(Plans.charged("enterprise").reported(Plans.report("pro"), at: Plans.now).state.plan == "pro")
    }

    @Test func `while a change is under way, only who made it takes reports`() throws {
        let order = Step.Order.move(subscription: "sub_1", plan: "pro", prorate: false)
        let claim = Plans.charged("enterprise").claimed(for: order, id: Plans.change, at: Plans.now)
        #expect(claim.scheduledPlan == "pro" && claim.plan == "enterprise")
        let other = claim.reported(Plans.report("enterprise"), at: Plans.now)
        #expect(other.reason == "deferred" && other.state == claim)
        let own = claim.reported(Plans.report("pro"), finishing: Plans.change, at: Plans.now).state
        #expect(own.plan == "enterprise" && own.scheduledPlan == "pro" && !own.isClaimed(at: Plans.now))
        // Whoever claimed it died: its end asks the provider, who did it, or did not.
        let asked = claim.due(plan: Plans.enterprise, next: Plans.pro, at: Plans.now + .seconds(60))
        #expect(asked.order == .refresh(subscription: "sub_1"))
        for (reported, scheduled) in [("pro", "pro"), ("enterprise", nil)] {
            let state = claim.reported(Plans.report(reported), at: Plans.now + .seconds(60)).state
            #expect(state.plan == "enterprise" && state.scheduledPlan == scheduled && state.changeID == nil)
        }
        // It was refused: as before.
        let free = claim.released(before: Plans.charged("enterprise"), customer: nil, at: Plans.now)
        #expect(free == Plans.charged("enterprise"))
    }

    @Test func `a trial at the provider is a trial`() {
        let step = Self.customer.reported(Plans.report("pro", .trialing, trialEnd: Plans.now + 14), at: Plans.now)
        #expect(step.state.status == .trialing && step.state.trialEnd == Plans.now + 14 && step.state.trialUsed && step.state.isCharged)
        #expect(step.state.due(plan: Plans.pro, next: nil, at: Plans.now + 15).order == .refresh(subscription: "sub_1"))
    }

    @Test func `any order of the same reports ends alike, the newest being asked for last`() {
        let reports = [
            Plans.report("pro"), Plans.report("pro", .pastDue), Plans.report("enterprise"), Plans.report("enterprise", canceling: true),
            Plans.report("enterprise", .ended),
        ]
        let last = Plans.report("enterprise", period: 1)
        var ends: Set<String> = []
        for seed in 0..<200 {
            var state = Self.customer
            var rest = reports + reports
            var random = UInt64(seed)
            while !rest.isEmpty {
                random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                state = state.reported(rest.remove(at: Int(random >> 33) % rest.count), at: Plans.now).state
            }
            state = state.reported(last, at: Plans.now + 30).state
            ends.insert("\(state.plan) \(state.status) \(state.periodStart) \(state.cancelAtPeriodEnd) \(state.scheduledPlan ?? "")")
        }
        #expect(ends == ["enterprise active \(Plans.now + 30) false "])
    }
}
