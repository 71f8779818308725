public import Kernel

/// A tenant's subscription as its operators see it.
public struct SubscriptionRecord: Sendable, Hashable, Codable {
    public let tenant: TenantID
    public let slug: String
    public let plan: String
    /// For example `active` or `trialing`.
    public let status: String
    /// Who takes the payments: `manual` or `stripe`.
    public let provider: String
    /// Nil where nothing is paid for.
    public let periodEnd: Timestamp?
    public let trialEnd: Timestamp?
    /// What the plan becomes when the period ends.
    public let scheduledPlan: String?
    /// What waits for an operator.
    public let requestedPlan: String?

    enum CodingKeys: String, CodingKey {
        case slug, plan, status, provider
        case tenant = "tenant_id"
        case periodEnd = "period_end"
        case trialEnd = "trial_end"
        case scheduledPlan = "scheduled_plan"
        case requestedPlan = "requested_plan"
    }
}
