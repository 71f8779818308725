public import Kernel

/// What members ask for. Nothing here waits, or asks anybody: a state and an instant in, a step out.
extension Subscription {
    /// How changes that must be paid are taken where nobody can be asked for the payment.
    public enum ManualRule: String, Sendable, Hashable, Codable {
        /// They wait for an operator.
        case request
        /// They take effect at once, and the operator sends bills.
        case trust
    }

    /// What a change is asked under.
    public struct Terms: Sendable, Hashable {
        /// Whether the installation has a payment provider.
        public var takesPayments: Bool
        public var manual: ManualRule

        public init(takesPayments: Bool, manual: ManualRule = .request) {
            self.takesPayments = takesPayments
            self.manual = manual
        }
    }

    /// A change to another plan; `trial` asks to try it first.
    ///
    /// More takes effect at once, less when the paid period ends. Asking for the plan that is there takes back what was to come. Throws `CONFLICT` where
    /// it cannot be now, `VALIDATION_ERROR` naming `plan` or `trial` where it never can.
    public func changing(
        from old: PlanOffer, to new: PlanOffer, trial: Bool, _ terms: Terms, at now: Timestamp
    ) throws(AppError) -> Step {
        try checkFree(at: now)
        if trial { return try trying(old, new, at: now) }
        if new.name == plan { return staying(new, terms, at: now) }
        var next = self
        next.requestedPlan = nil
        if isCharged, let id = subscriptionID { return try moving(next, id, old, new) }
        let isTrial = status == .trialing
        if new.isAbove(old) || isTrial && !new.isFree { return buying(next, old, new, terms, at: now) }
        guard let end = periodEnd, end > now, !isTrial else {
            next.take(new, at: now)
            return Step(next, "downgraded")
        }
        next.scheduledPlan = new.name
        next.cancelAtPeriodEnd = new.isFree
        return Step(next, "downgrade_scheduled")
    }

    /// Nothing more is paid after this period: the plan falls back when it ends, a trial at once. Throws `CONFLICT` where there is nothing to end.
    public func canceling(at now: Timestamp) throws(AppError) -> Step {
        try checkFree(at: now)
        let fallback = PlanOffer.fallback
        guard plan != fallback.name || requestedPlan != nil else {
            throw AppError(.conflict, "There is nothing to cancel: the plan is \(plan) already")
        }
        var next = self
        next.requestedPlan = nil
        if isCharged, let id = subscriptionID {
            if cancelAtPeriodEnd { return Step(self, "unchanged") }
            next.scheduledPlan = fallback.name
            next.cancelAtPeriodEnd = true
            return Step(next, .setCancel(subscription: id, true), "cancel_scheduled")
        }
        guard plan != fallback.name else { return Step(next, "request_withdrawn") }
        guard let end = periodEnd, end > now, status != .trialing else {
            next.take(fallback, at: now)
            next.status = .canceled
            return Step(next, "canceled")
        }
        next.scheduledPlan = fallback.name
        next.cancelAtPeriodEnd = true
        return Step(next, "cancel_scheduled")
    }

    /// Takes back what was to come when the period ends. Throws `CONFLICT` where nothing was.
    public func resuming(plan offer: PlanOffer, _ terms: Terms, at now: Timestamp) throws(AppError) -> Step {
        try checkFree(at: now)
        guard scheduledPlan != nil || cancelAtPeriodEnd else { throw AppError(.conflict, "Nothing was to change when the period ends") }
        return staying(offer, terms, at: now)
    }

    /// Ends of trials that are nearer than this are taken by no provider (Stripe, `subscription_data.trial_end`: 48 hours, and an hour for the page).
    static let shortestTrial = Duration.seconds(49 * 3600)

    // MARK: the cases

    private func checkFree(at now: Timestamp) throws(AppError) {
        guard changeID == nil || changeUntil.map({ $0 <= now }) == true else {
            throw AppError(.conflict, "Another change of the subscription is under way; try again in a moment", retryAfter: .seconds(2))
        }
        guard status != .unpaid || subscriptionID == nil else {
            throw AppError(.conflict, "A payment is missing: make it, or end the subscription, in the customer portal first")
        }
    }

    private func trying(_ old: PlanOffer, _ new: PlanOffer, at now: Timestamp) throws(AppError) -> Step {
        guard new.trialDays > 0 else { throw AppError.invalid("trial", "expected false: \(new.name) cannot be tried") }
        guard !trialUsed else { throw AppError(.conflict, "A plan was tried already; each tenant can do that once") }
        guard new.isAbove(old), !isCharged, periodEnd == nil else {
            throw AppError(.conflict, "Only a tenant that pays for nothing can try a plan, and only one above its own")
        }
        var next = self
        next.plan = new.name
        next.status = .trialing
        next.trialUsed = true
        next.trialEnd = now + .seconds(86_400 * Int64(new.trialDays))
        (next.anchor, next.periodStart, next.periodEnd) = (now, now, nil)
        (next.scheduledPlan, next.requestedPlan, next.cancelAtPeriodEnd) = (nil, nil, false)
        next.dueAt = next.trialEnd
        return Step(next, "trial_started")
    }

    /// The plan that is there is asked for: what was to come is taken back, and what is only tried is bought.
    private func staying(_ offer: PlanOffer, _ terms: Terms, at now: Timestamp) -> Step {
        var next = self
        next.scheduledPlan = nil
        next.requestedPlan = nil
        next.cancelAtPeriodEnd = false
        if isCharged, let id = subscriptionID {
            if cancelAtPeriodEnd { return Step(next, .setCancel(subscription: id, false), "resumed") }
            if scheduledPlan != nil { return Step(next, .move(subscription: id, plan: plan, prorate: false), "resumed") }
            return Step(self, "unchanged")
        }
        if status == .trialing { return buying(next, offer, offer, terms, at: now) }
        return next == self ? Step(self, "unchanged") : Step(next, "resumed")
    }

    /// The provider charges already, so the payment goes on with another price.
    private func moving(_ state: Subscription, _ id: String, _ old: PlanOffer, _ new: PlanOffer) throws(AppError) -> Step {
        var next = state
        if new.isFree {
            guard !cancelAtPeriodEnd else { return Step(self, "unchanged") }
            (next.scheduledPlan, next.cancelAtPeriodEnd) = (new.name, true)
            return Step(next, .setCancel(subscription: id, true), "downgrade_scheduled")
        }
        guard new.price != nil else {
            next.requestedPlan = new.name
            return Step(next, "requested")
        }
        if new.isAbove(old) {
            next.plan = new.name
            (next.scheduledPlan, next.cancelAtPeriodEnd) = (nil, false)
            let restoring = cancelAtPeriodEnd || scheduledPlan == nil ? nil : plan
            return Step(next, .move(subscription: id, plan: new.name, prorate: true, restoring: restoring), "upgraded")
        }
        guard new.interval == old.interval else {
            throw AppError(.conflict, "A plan that is paid by another interval begins a new period; cancel this one first, or ask the operator")
        }
        guard scheduledPlan != new.name else { return Step(self, "unchanged") }
        (next.scheduledPlan, next.cancelAtPeriodEnd) = (new.name, false)
        return Step(next, .move(subscription: id, plan: new.name, prorate: false), "downgrade_scheduled")
    }

    /// A plan that is to be paid, by somebody whom nobody charges yet.
    private func buying(_ state: Subscription, _ old: PlanOffer, _ new: PlanOffer, _ terms: Terms, at now: Timestamp) -> Step {
        var next = state
        if terms.takesPayments, new.price.map({ $0 > 0 }) == true {
            // What is tried stays free until its end, where that is far enough away for the provider.
            let end = status == .trialing ? trialEnd.flatMap { $0 >= now + Self.shortestTrial ? $0 : nil } : nil
            return Step(next, .checkout(plan: new.name, trialEnd: end), "checkout")
        }
        guard terms.manual == .trust || new.isFree, new.price != nil else {
            if requestedPlan == new.name { return Step(self, "unchanged") }
            next.requestedPlan = new.name
            return Step(next, "requested")
        }
        // The period that was paid goes on, with the difference on the next bill.
        if old.interval == new.interval, let end = periodEnd, end > now, !new.isFree {
            next.plan = new.name
            (next.scheduledPlan, next.cancelAtPeriodEnd) = (nil, false)
        } else {
            next.take(new, at: now)
        }
        return Step(next, "upgraded")
    }

    /// A plan from now on, by hand, with a period of its own where it costs something.
    mutating func take(_ new: PlanOffer, at now: Timestamp) {
        plan = new.name
        (status, provider) = (.active, .manual)
        (scheduledPlan, requestedPlan, cancelAtPeriodEnd, trialEnd, subscriptionID) = (nil, nil, false, nil, nil)
        (anchor, periodStart) = (now, now)
        periodEnd = (new.price ?? 0) > 0 ? BillingPeriod(at: now, anchor: now, every: new.interval)?.end : nil
        dueAt = periodEnd
    }
}
