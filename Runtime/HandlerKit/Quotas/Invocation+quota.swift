public import Kernel
public import Postgres

extension Invocation {
    /// Counts something that the tenant's plan limits by the month: ``QuotaMetric/uploads``, ``QuotaMetric/forecasts`` or ``QuotaMetric/crawlPages``.
    /// Put it into the transaction that does it, in front of all else: either both are there or none, and over the limit nothing is done in vain.
    ///
    /// ```swift
    /// try await invocation.database.transaction([invocation.consume(.forecasts), Call(ForecastsSQL.insert, binds)])
    /// ```
    ///
    /// Throws `QUOTA_EXCEEDED` (402) where the plan allows less than is used then; what runs at the same time may pass together. `amount` is 1 to
    /// 1,000,000,000. The route says `quota:` with the same metric, so that the gateway refuses calls early. What is there at a time (KPIs, rows,
    /// members) is counted by the database itself.
    public func consume(_ metric: QuotaMetric, _ amount: Int64 = 1) -> Call {
        Call(QuotaSQL.consume, [.text(metric.rawValue), .int64(amount)])
    }
}
