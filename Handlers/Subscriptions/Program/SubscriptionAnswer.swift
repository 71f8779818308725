import Billing
import HandlerKit

/// A tenant's subscription as its members see it. Nothing of the provider's names.
struct SubscriptionAnswer: Encodable, Sendable {
    let plan: String
    let status: Subscription.Status
    let provider: Subscription.Provider
    let periodStart: Timestamp
    /// When the next payment is due; absent where nothing is paid for.
    let periodEnd: Timestamp?
    let trialEnd: Timestamp?
    /// Whether a plan was tried already.
    let trialUsed: Bool
    let cancelAtPeriodEnd: Bool
    /// What the plan becomes when the period ends.
    let scheduledPlan: String?
    /// What waits for an operator.
    let requestedPlan: String?
    /// Whether the payment provider is being asked for a change.
    let changePending: Bool
    /// The plan with its price and limits, as `GET /plans` shows it.
    let details: JSONValue
    /// What is used of the plan's limits; absent in answers to changes.
    var quotas: [QuotaAnswer]?

    enum CodingKeys: String, CodingKey {
        case plan, status, provider, quotas
        case periodStart = "period_start"
        case periodEnd = "period_end"
        case trialEnd = "trial_end"
        case trialUsed = "trial_used"
        case cancelAtPeriodEnd = "cancel_at_period_end"
        case scheduledPlan = "scheduled_plan"
        case requestedPlan = "requested_plan"
        case changePending = "change_pending"
        case details = "plan_details"
    }

    init(_ standing: Standing, at now: Timestamp) {
        let state = standing.state
        plan = state.plan
        status = state.status
        provider = state.provider
        periodStart = state.periodStart
        periodEnd = state.periodEnd
        trialEnd = state.trialEnd
        trialUsed = state.trialUsed
        cancelAtPeriodEnd = state.cancelAtPeriodEnd
        scheduledPlan = state.scheduledPlan
        requestedPlan = state.requestedPlan
        changePending = state.isClaimed(at: now)
        details = standing.planJSON
    }
}

/// One limit of a plan.
struct QuotaAnswer: Encodable, Sendable {
    /// As the plan names it, for example `uploads_per_month`.
    let limit: String
    /// Absent: no limit.
    let allowed: Int64?
    let used: Int64
    /// When it begins anew; absent for what is there at a time.
    let resetsAt: Timestamp?

    enum CodingKeys: String, CodingKey {
        case limit, allowed, used
        case resetsAt = "resets_at"
    }

    init(_ row: Row) throws {
        limit = try row.text(0)
        allowed = row.isNull(1) ? nil : try row.int64(1)
        used = try row.int64(2)
        resetsAt = row.isNull(3) ? nil : try row.timestamp(3)
    }
}

/// What became of a change.
struct ChangeAnswer: Encodable, Sendable {
    /// `upgraded`, `downgraded`, `downgrade_scheduled`, `trial_started`, `checkout` (pay at `checkout_url`), `requested` (an operator decides),
    /// `cancel_scheduled`, `canceled`, `resumed`, `request_withdrawn`, `subscribed`, or `unchanged`.
    let outcome: String
    let checkoutURL: String?
    let subscription: SubscriptionAnswer

    enum CodingKeys: String, CodingKey {
        case outcome, subscription
        case checkoutURL = "checkout_url"
    }
}
