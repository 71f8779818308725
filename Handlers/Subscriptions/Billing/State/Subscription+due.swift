public import Kernel

extension Subscription {
    /// What time brings: the end of a trial, of a period, of a change that nobody finished. `plan` is the plan of the state, `next` the one that it is
    /// to become.
    public func due(plan offer: PlanOffer, next following: PlanOffer?, at now: Timestamp) -> Step {
        var next = self
        if let until = changeUntil, until <= now { (next.changeID, next.changeUntil) = (nil, nil) }
        if isCharged || status == .unpaid, let id = subscriptionID {
            // Where it cannot be asked now, it is asked again.
            next.dueAt = now + Self.retryDelay
            return Step(next, .refresh(subscription: id), "refreshed")
        }
        guard let end = status == .trialing ? trialEnd : periodEnd, end <= now else {
            next.dueAt = next.changeUntil ?? restingDue(at: now)
            return Step(next, "unchanged")
        }
        if status == .trialing {
            next.take(.fallback, at: now)
            return Step(next, "trial_ended")
        }
        if cancelAtPeriodEnd {
            next.take(following ?? .fallback, at: end)
            next.status = .canceled
            return Step(next, "canceled")
        }
        if let following { next.take(following, at: end) }
        next.renew(following ?? offer, at: now)
        return Step(next, following == nil ? "renewed" : "downgraded")
    }

    /// The period that holds an instant, however many have passed.
    private mutating func renew(_ offer: PlanOffer, at now: Timestamp) {
        guard (offer.price ?? 0) > 0, let period = BillingPeriod(at: now, anchor: anchor, every: offer.interval) else {
            (periodEnd, dueAt) = (nil, nil)
            return
        }
        (periodStart, periodEnd, dueAt) = (period.start, period.end, period.end)
    }
}
