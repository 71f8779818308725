import Kernel

/// What a tenant's plan lets it do at the time, as the directory says it.
struct PlanStanding: Sendable, Hashable {
    var plan: String
    /// Nil: no limit.
    var callsPerMinute: Int?
    /// Limits that leave no room.
    var usedUp: [UsedQuota] = []

    /// Of a tenant that nothing limits.
    static let unlimited = PlanStanding(plan: "", callsPerMinute: nil)

    /// Throws `QUOTA_EXCEEDED` where one of these is used up. A limit whose month is over has begun anew.
    func check(_ metrics: [QuotaMetric], at now: Timestamp) throws(AppError) {
        guard !usedUp.isEmpty else { return }
        for metric in metrics {
            guard let quota = usedUp.first(where: { $0.limit == metric.limit }), quota.resetsAt.map({ now < $0 }) ?? true else { continue }
            throw quota.error
        }
    }
}
