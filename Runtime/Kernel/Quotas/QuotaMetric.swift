/// What a plan counts. The raw value is the word in SQL, in JSON and in a route's description.
public enum QuotaMetric: String, Sendable, Hashable, Codable, CaseIterable {
    /// KPI sources, stored values, members: what is there at a time.
    case kpis, rows, members
    /// Bytes of files that are kept: what is there at a time.
    case storedBytes = "stored_bytes"
    /// Jobs that have not ended: what is there at a time, as hosts count it every few seconds.
    case queuedJobs = "queued_jobs"
    /// Uploads, forecasts, crawled pages: what is done in a month.
    case uploads, forecasts
    case crawlPages = "crawl_pages"

    /// Whether it is counted by the month, and begins anew with each.
    public var isMonthly: Bool {
        switch self {
        case .kpis, .rows, .members, .storedBytes, .queuedJobs: false
        case .uploads, .forecasts, .crawlPages: true
        }
    }

    /// The name of the plan's limit of it, for example `rows` or `uploads_per_month`.
    public var limit: String { isMonthly ? "\(rawValue)_per_month" : rawValue }
}
