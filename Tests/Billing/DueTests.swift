import Billing
import Kernel
import Testing

@Suite("what time brings to a subscription") struct DueTests {
    @Test func `a period that is paid by hand is followed by the next, however many were missed`() {
        let state = Plans.byHand(Plans.pro)
        #expect(state.periodEnd == Timestamp("2026-02-28T10:00:00Z"))
        let step = state.due(plan: Plans.pro, next: nil, at: Timestamp("2026-02-28T10:00:00Z")!)
        #expect(step.reason == "renewed" && step.state.plan == "pro" && step.state.periodEnd == Timestamp("2026-03-31T10:00:00Z"))
        let late = state.due(plan: Plans.pro, next: nil, at: Timestamp("2027-08-15T00:00:00Z")!)
        #expect(late.state.periodStart == Timestamp("2027-07-31T10:00:00Z") && late.state.periodEnd == Timestamp("2027-08-31T10:00:00Z"))
        #expect(late.state.dueAt == late.state.periodEnd)
    }

    @Test func `a downgrade takes effect at the end of the period, an end too`() {
        var state = Plans.byHand(Plans.enterprise)
        state.scheduledPlan = "pro"
        let end = state.periodEnd!
        #expect(state.due(plan: Plans.enterprise, next: Plans.pro, at: end + .seconds(-1)).state.plan == "enterprise")
        let step = state.due(plan: Plans.enterprise, next: Plans.pro, at: end)
        #expect(step.reason == "downgraded" && step.state.plan == "pro" && step.state.scheduledPlan == nil && step.state.periodStart == end)
        (state.scheduledPlan, state.cancelAtPeriodEnd) = ("free", true)
        let over = state.due(plan: Plans.enterprise, next: Plans.free, at: end + 3)
        #expect(over.reason == "canceled" && over.state.plan == "free" && over.state.status == .canceled)
        #expect(over.state.periodEnd == nil && over.state.dueAt == nil && !over.state.cancelAtPeriodEnd)
    }

    @Test func `of what is charged only the provider knows, and it is not asked without end`() {
        let state = Plans.charged("pro")
        #expect(state.dueAt == Plans.now + 30 + .seconds(3600))
        let step = state.due(plan: Plans.pro, next: nil, at: state.dueAt!)
        #expect(step.order == .refresh(subscription: "sub_1") && step.state.plan == "pro" && step.state.dueAt! > state.dueAt!)
        let same = state.reported(Plans.report("pro"), at: Plans.now + 40)
        #expect(same.state.dueAt! > Plans.now + 40)
    }

    @Test func `a change that nobody finished is given up`() {
        let claim = Plans.onFree.claimed(for: .checkout(plan: "pro", trialEnd: nil), id: Plans.change, at: Plans.now)
        let early = claim.due(plan: Plans.free, next: nil, at: Plans.now + .seconds(30)).state
        #expect(early.changeID != nil && early.dueAt == claim.changeUntil)
        let step = claim.due(plan: Plans.free, next: nil, at: Plans.now + .seconds(60))
        #expect(step.state.changeID == nil && step.state.dueAt == nil && step.state.plan == "free")
    }

    @Test(arguments: [
        ("2026-01-31T10:00:00Z", ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]),
        ("2028-01-30T00:00:00Z", ["2028-02-29", "2028-03-30"]), ("2026-11-15T23:59:59Z", ["2026-12-15", "2027-01-15"]),
        ("2024-12-31T00:00:00.5Z", ["2025-01-31", "2025-02-28"]),
    ])
    func `months are counted from the first day`(anchor: String, ends: [String]) throws {
        let anchor = try #require(Timestamp(anchor))
        var at = anchor
        for end in ends {
            let period = try #require(BillingPeriod(at: at, anchor: anchor, every: .month))
            #expect(period.start == at && period.end.description.hasPrefix(end))
            #expect(BillingPeriod(at: period.end - .microseconds(1), anchor: anchor, every: .month) == period)
            at = period.end
        }
    }

    @Test func `years are counted from the first day, and nothing is counted before it`() throws {
        let anchor = try #require(Timestamp("2024-02-29T12:00:00Z"))
        let period = try #require(BillingPeriod(at: anchor + 1000, anchor: anchor, every: .year))
        #expect(period.start == Timestamp("2026-02-28T12:00:00Z") && period.end == Timestamp("2027-02-28T12:00:00Z"))
        #expect(BillingPeriod(at: anchor - .microseconds(1), anchor: anchor, every: .year) == nil)
        #expect(BillingPeriod(at: try #require(Timestamp("9999-12-31T00:00:00Z")), anchor: anchor, every: .year) == nil)
    }

    @Test func `proration gives back the rest of the old plan and charges that of the new one`() throws {
        let period = BillingPeriod(start: Plans.now, end: Plans.now + 30)
        let half = try #require(Proration(from: Plans.pro, to: Plans.enterprise, in: period, at: Plans.now + 15))
        #expect(half.credit == 2450 && half.charge == 24_950 && half.due == 22_500 && half.nextPaymentAt == period.end)
        let third = try #require(Proration(from: Plans.pro, to: Plans.enterprise, in: period, at: Plans.now + 20))
        #expect(third.credit == 1633 && third.charge == 16_633 && third.due == 15_000)
        let first = try #require(Proration(from: Plans.free, to: Plans.pro, in: nil, at: Plans.now))
        #expect(first.credit == 0 && first.due == 4900 && first.nextPaymentAt == Timestamp("2026-02-28T10:00:00Z"))
        let less = try #require(Proration(from: Plans.enterprise, to: Plans.pro, in: period, at: Plans.now + 15))
        #expect(less.due == -22_500)
        let year = try #require(Proration(from: Plans.pro, to: Plans.yearly, in: period, at: Plans.now + 15))
        #expect(year.credit == 2450 && year.charge == 49_000 && year.nextPaymentAt == Timestamp("2027-02-15T10:00:00Z"))
        #expect(Proration(from: Plans.pro, to: Plans.agreed, in: period, at: Plans.now) == nil)
        let dollars = PlanOffer(name: "usd", title: "", position: 50, price: 1, currency: "USD")
        #expect(Proration(from: Plans.pro, to: dollars, in: period, at: Plans.now) == nil)
        // The largest prices do not overflow.
        let dear = PlanOffer(name: "dear", title: "", position: 50, price: .max)
        #expect(Proration(from: Plans.free, to: dear, in: period, at: Plans.now + 15)?.charge == Int64.max / 2 + 1)
    }
}
