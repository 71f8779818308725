import Billing
import Kernel

/// The plans and instants of the tests.
enum Plans {
    static let free = PlanOffer.fallback
    static let pro = PlanOffer(name: "pro", title: "Pro", position: 20, price: 4900, trialDays: 14)
    static let enterprise = PlanOffer(name: "enterprise", title: "Enterprise", position: 30, price: 49_900)
    static let yearly = PlanOffer(name: "pro_yearly", title: "Pro by the year", position: 15, price: 49_000, interval: .year)
    static let agreed = PlanOffer(name: "acme", title: "As agreed", position: 40, isPublic: false, price: nil)

    static func offer(_ name: String) -> PlanOffer { [free, pro, enterprise, yearly, agreed].first { $0.name == name } ?? free }

    static let now = Timestamp("2026-01-31T10:00:00Z")!
    static let tenant = TenantID(UUID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0001))
    static let change = UUID(high: 0x0190_0000_0000_7009, low: 0x8000_0000_0000_0001)

    static let manual = Subscription.Terms(takesPayments: false)
    static let trust = Subscription.Terms(takesPayments: false, manual: .trust)
    static let paid = Subscription.Terms(takesPayments: true)

    static var onFree: Subscription { Subscription(tenant: tenant, plan: "free", at: now) }

    /// A plan that is paid by hand since `now`.
    static func byHand(_ plan: PlanOffer) -> Subscription {
        var state = onFree
        state.plan = plan.name
        state.periodEnd = BillingPeriod(at: now, anchor: now, every: plan.interval)?.end
        state.dueAt = state.periodEnd
        return state
    }

    static func report(
        _ plan: String?, _ status: ProviderReport.Status = .active, id: String = "sub_1", customer: String = "cus_1", period: Int64 = 0,
        trialEnd: Timestamp? = nil, canceling: Bool = false
    ) -> ProviderReport {
        let start = now + .seconds(30 * 86_400 * period)
        return ProviderReport(
            id: id, customer: customer, status: status, plan: plan, periodStart: start, periodEnd: start + .seconds(30 * 86_400), trialEnd: trialEnd,
            cancelAtPeriodEnd: canceling)
    }

    /// A plan that the provider charges for since `now`.
    static func charged(_ plan: String) -> Subscription {
        var state = onFree
        state.customerID = "cus_1"
        return state.reported(report(plan), at: now).state
    }
}

extension Timestamp {
    static func + (time: Timestamp, days: Int64) -> Timestamp { time + .seconds(days * 86_400) }
}
