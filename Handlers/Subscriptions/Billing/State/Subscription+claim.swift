public import Kernel

/// A change that a provider must be asked for takes time, in which no transaction is open: it is claimed first, then asked for, then its report is taken.
extension Subscription {
    /// How long a change that the provider is asked for keeps others waiting, at most.
    public static let longestChange = Duration.seconds(60)

    /// While an order is carried out. Whoever claimed a change and died is not waited for beyond its time; the provider is asked then what became of it.
    ///
    /// The plan stays what it is, since nobody has paid yet. A lower price is noted before it is asked for: the report of it must not lower the plan in
    /// the period that is paid.
    public func claimed(for order: Step.Order, id: UUID, at now: Timestamp) -> Subscription {
        var next = self
        (next.changeID, next.changeUntil) = (id, now + Self.longestChange)
        next.dueAt = next.changeUntil
        if case .move(subscription: _, plan: let target, prorate: false, restoring: _) = order, target != plan { next.scheduledPlan = target }
        return next
    }

    /// Where the provider refused, and so nothing changed there: as it was `before` the claim. The name of a new customer is kept.
    public func released(before: Subscription, customer: String?, at now: Timestamp) -> Subscription {
        var next = self
        (next.changeID, next.changeUntil) = (nil, nil)
        next.scheduledPlan = before.scheduledPlan
        next.customerID = customer ?? customerID
        next.dueAt = next.restingDue(at: now)
        return next
    }

    /// With the page on which the first payment is made.
    public func awaiting(checkout id: String, plan: String, customer: String, at now: Timestamp) -> Subscription {
        var next = self
        (next.changeID, next.changeUntil) = (nil, nil)
        (next.checkoutID, next.checkoutPlan, next.customerID) = (id, plan, customer)
        next.requestedPlan = nil
        next.dueAt = next.restingDue(at: now)
        return next
    }

    /// Whether a change is under way at an instant.
    public func isClaimed(at now: Timestamp) -> Bool { changeID != nil && changeUntil.map { $0 > now } == true }
}
