public import Kernel

/// What a payment provider says of a subscription of its own, as it is there now.
public struct ProviderReport: Sendable, Hashable {
    public enum Status: Sendable, Hashable {
        /// The first payment was not made yet.
        case incomplete
        case trialing, active, pastDue
        /// Given up, paused: nothing is given any more, but it may come back.
        case unpaid
        /// Over for good.
        case ended
    }

    public var id: String
    public var customer: String
    public var status: Status
    /// The plan of its price; nil where the price is none of ours.
    public var plan: String?
    public var periodStart: Timestamp
    public var periodEnd: Timestamp
    public var trialEnd: Timestamp?
    public var cancelAtPeriodEnd: Bool

    public init(
        id: String, customer: String, status: Status, plan: String?, periodStart: Timestamp, periodEnd: Timestamp, trialEnd: Timestamp? = nil,
        cancelAtPeriodEnd: Bool = false
    ) {
        self.id = id
        self.customer = customer
        self.status = status
        self.plan = plan
        self.periodStart = periodStart
        self.periodEnd = periodEnd
        self.trialEnd = trialEnd
        self.cancelAtPeriodEnd = cancelAtPeriodEnd
    }

    var isLive: Bool { [.trialing, .active, .pastDue].contains(status) }
}

extension Subscription {
    /// What follows from a report. The same report twice changes nothing; reports are read when they are needed, so the newest one counts, in whatever
    /// order the events came that made somebody ask.
    ///
    /// While a change is under way only who made it (`change`) takes reports: for all others the state is touched, so that whoever finishes the change
    /// sees that there is news and asks again.
    public func reported(_ report: ProviderReport, finishing change: UUID? = nil, at now: Timestamp) -> Step {
        var state = self
        if isClaimed(at: now), changeID != change { return Step(self, "deferred") }
        (state.changeID, state.changeUntil) = (nil, nil)
        guard report.customer == customerID else { return Step(state, "another_customer") }
        if let id = subscriptionID, id != report.id, isCharged || status == .unpaid {
            // Two pages were paid: one subscription is enough.
            return report.isLive ? Step(state, .end(subscription: report.id), "second_subscription") : Step(state, "another_subscription")
        }
        switch report.status {
        case .incomplete: return Step(state, "incomplete")
        case .trialing, .active, .pastDue: return state.live(report, at: now)
        case .unpaid, .ended:
            guard subscriptionID == report.id else { return Step(state, "another_subscription") }
            return state.ended(report, at: now)
        }
    }

    private func live(_ report: ProviderReport, at now: Timestamp) -> Step {
        guard let reported = report.plan else { return Step(self, "unknown_price") }
        var next = self
        next.provider = .stripe
        next.subscriptionID = report.id
        next.status =
            switch report.status {
            case .trialing: .trialing
            case .pastDue: .pastDue
            default: .active
            }
        let isSamePeriod = isCharged && periodStart == report.periodStart
        (next.anchor, next.periodStart, next.periodEnd) = (isSamePeriod ? anchor : report.periodStart, report.periodStart, report.periodEnd)
        next.trialEnd = report.status == .trialing ? report.trialEnd ?? report.periodEnd : nil
        if report.trialEnd != nil { next.trialUsed = true }
        (next.checkoutID, next.checkoutPlan) = (nil, nil)
        // A price that was lowered for the next period: what this one was paid for stays.
        let isLowered = isSamePeriod && scheduledPlan == reported && plan != reported
        if !isLowered { next.plan = reported }
        next.cancelAtPeriodEnd = report.cancelAtPeriodEnd
        next.scheduledPlan = report.cancelAtPeriodEnd ? PlanOffer.fallback.name : isLowered ? reported : nil
        if next.requestedPlan == next.plan { next.requestedPlan = nil }
        next.dueAt = report.periodEnd + Self.reportDelay > now ? report.periodEnd + Self.reportDelay : now + Self.retryDelay
        return Step(next, next == self ? "unchanged" : plan == next.plan ? "reported" : subscriptionID == nil ? "subscribed" : "plan_reported")
    }

    private func ended(_ report: ProviderReport, at now: Timestamp) -> Step {
        var next = self
        if report.status == .ended {
            next.take(.fallback, at: now)
            next.status = .canceled
            return Step(next, "canceled")
        }
        next.plan = PlanOffer.fallback.name
        next.status = .unpaid
        (next.scheduledPlan, next.cancelAtPeriodEnd, next.trialEnd) = (nil, false, nil)
        if status != .unpaid || dueAt.map({ $0 <= now }) != false { next.dueAt = next.restingDue(at: now) }
        return Step(next, next == self ? "unchanged" : "unpaid")
    }
}
