public import Kernel

/// What a tenant has subscribed to: one state of the machine, as `tenancy.subscriptions` keeps it.
public struct Subscription: Sendable, Hashable, Codable {
    /// What the state allows. In all but `unpaid` and `canceled` the plan is the one that was subscribed to.
    public enum Status: String, Sendable, Hashable, Codable, CaseIterable {
        /// Tried without payment, until `trialEnd`.
        case trialing
        case active
        /// A payment failed; the provider tries again.
        case pastDue = "past_due"
        /// The provider has given up trying; a payment brings the plan back.
        case unpaid
        /// Over.
        case canceled
    }

    /// Who says what was paid.
    public enum Provider: String, Sendable, Hashable, Codable {
        /// An operator of the installation.
        case manual
        case stripe
    }

    public var tenant: TenantID
    public var plan: String
    public var status: Status
    public var provider: Provider
    /// Periods are counted from here.
    public var anchor: Timestamp
    public var periodStart: Timestamp
    /// Nil where nothing is paid for.
    public var periodEnd: Timestamp?
    public var trialEnd: Timestamp?
    public var trialUsed: Bool
    public var cancelAtPeriodEnd: Bool
    /// What the plan becomes when the period ends.
    public var scheduledPlan: String?
    /// What waits for an operator.
    public var requestedPlan: String?
    public var customerID: String?
    public var subscriptionID: String?
    public var checkoutID: String?
    public var checkoutPlan: String?
    /// A change that the provider is being asked for.
    public var changeID: UUID?
    /// When a change counts as given up.
    public var changeUntil: Timestamp?
    /// When ``due(plan:next:at:)`` must be asked.
    public var dueAt: Timestamp?
    /// Of the state as it was read; the database counts.
    public var revision: Int

    enum CodingKeys: String, CodingKey {
        case plan, status, provider, revision
        case tenant = "tenant_id"
        case anchor = "period_anchor"
        case periodStart = "period_start"
        case periodEnd = "period_end"
        case trialEnd = "trial_end"
        case trialUsed = "trial_used"
        case cancelAtPeriodEnd = "cancel_at_period_end"
        case scheduledPlan = "scheduled_plan"
        case requestedPlan = "requested_plan"
        case customerID = "customer_id"
        case subscriptionID = "subscription_id"
        case checkoutID = "checkout_id"
        case checkoutPlan = "checkout_plan"
        case changeID = "change_id"
        case changeUntil = "change_until"
        case dueAt = "due_at"
    }

    /// The first state of a tenant.
    public init(tenant: TenantID, plan: String, at now: Timestamp) {
        self.tenant = tenant
        self.plan = plan
        status = .active
        provider = .manual
        anchor = now
        periodStart = now
        trialUsed = false
        cancelAtPeriodEnd = false
        revision = 1
    }

    /// The paid period; nil where nothing is paid for.
    public var period: BillingPeriod? { periodEnd.map { BillingPeriod(start: periodStart, end: $0) } }

    /// Whether the provider charges for it: changes must be asked of the provider, and it reports what became of them.
    public var isCharged: Bool { provider == .stripe && subscriptionID != nil && [.trialing, .active, .pastDue].contains(status) }

    /// How long behind a period's end a provider that reported nothing is asked.
    static let reportDelay = Duration.seconds(3600)
    /// How long until it is asked again where it could not be, or said nothing new.
    public static let retryDelay = Duration.seconds(300)

    /// When ``due(plan:next:at:)`` must be asked, where nothing is under way.
    func restingDue(at now: Timestamp) -> Timestamp? {
        if isCharged { return periodEnd.map { max($0 + Self.reportDelay, now + Self.retryDelay) } }
        if status == .unpaid { return now + .seconds(86_400) }
        return status == .trialing ? trialEnd : periodEnd
    }
}

/// What follows from something that happened: the state that is to be stored, and what else is to be done.
public struct Step: Sendable, Hashable {
    public var state: Subscription
    /// What a provider must be asked for before the state holds.
    public var order: Order
    /// In a word, for the records: `upgraded`, `trial_started`, …
    public var reason: String

    public init(_ state: Subscription, _ order: Order, _ reason: String) {
        self.state = state
        self.order = order
        self.reason = reason
    }

    /// A step that asks nobody.
    public init(_ state: Subscription, _ reason: String) { self.init(state, .nothing, reason) }

    /// What providers are asked for.
    public enum Order: Sendable, Hashable {
        case nothing
        /// A page on which the first payment is made. `trialEnd`: nothing is charged before.
        case checkout(plan: String, trialEnd: Timestamp?)
        /// Another price from now on: `prorate` charges the difference at once, otherwise the next payment is the first with it. `restoring`: the
        /// price was lowered for the next period and is put back first, so that the difference is to what was paid.
        case move(subscription: String, plan: String, prorate: Bool, restoring: String? = nil)
        /// No further payment after this period, or as before.
        case setCancel(subscription: String, Bool)
        /// An end at once, with what was paid too much given back: of a second subscription that must not be.
        case end(subscription: String)
        /// What the provider knows of it.
        case refresh(subscription: String)
    }
}
