public import Kernel

/// What a plan allows; nil is no limit.
public struct PlanLimits: Sendable, Hashable, Codable {
    /// 1 to 10,000,000; a minute's worth may come at once.
    public var callsPerMinute: Int?
    /// KPI sources, stored values, members: what is there at a time.
    public var kpis: Int64?
    public var rows: Int64?
    /// At least 1: a tenant has an owner.
    public var members: Int64?
    /// Bytes of files, and of the pieces of files that are not whole yet.
    public var storedBytes: Int64?
    /// Jobs that have not ended.
    public var queuedJobs: Int64?
    public var uploadsPerMonth: Int64?
    public var forecastsPerMonth: Int64?
    public var crawlPagesPerMonth: Int64?
    /// How long old data is kept, 1 to 36,500 days; nil: for ever.
    public var retentionDays: Int?

    /// No limits.
    public init() {}

    enum CodingKeys: String, CodingKey, CaseIterable {
        case callsPerMinute = "calls_per_minute"
        case kpis, rows, members
        case storedBytes = "stored_bytes"
        case queuedJobs = "queued_jobs"
        case uploadsPerMonth = "uploads_per_month"
        case forecastsPerMonth = "forecasts_per_month"
        case crawlPagesPerMonth = "crawl_pages_per_month"
        case retentionDays = "retention_days"
    }

    /// Every limit's name.
    public static var names: [String] { CodingKeys.allCases.map(\.rawValue) }

    /// The limit of that name; nil where there is none, or no such name.
    public subscript(name: String) -> Int64? {
        switch CodingKeys(rawValue: name) {
        case .callsPerMinute: callsPerMinute.map { Int64($0) }
        case .kpis: kpis
        case .rows: rows
        case .members: members
        case .storedBytes: storedBytes
        case .queuedJobs: queuedJobs
        case .uploadsPerMonth: uploadsPerMonth
        case .forecastsPerMonth: forecastsPerMonth
        case .crawlPagesPerMonth: crawlPagesPerMonth
        case .retentionDays: retentionDays.map { Int64($0) }
        case nil: nil
        }
    }

    /// Sets a limit by its name. Throws `VALIDATION_ERROR` for one that is out of its range or unknown.
    public mutating func set(_ name: String, _ value: Int64?) throws(AppError) {
        guard let key = CodingKeys(rawValue: name) else {
            throw AppError.invalid(name, "expected one of \(Self.names.joined(separator: ", "))")
        }
        let range: ClosedRange<Int64> =
            switch key {
            case .callsPerMinute: 1...10_000_000
            case .members: 1...Int64.max
            case .retentionDays: 1...36_500
            default: 0...Int64.max
            }
        if let value, !range.contains(value) {
            throw AppError.invalid(
                name, range.upperBound == .max ? "expected at least \(range.lowerBound)" : "expected \(range.lowerBound) to \(range.upperBound)")
        }
        switch key {
        case .callsPerMinute: callsPerMinute = value.map { Int($0) }
        case .kpis: kpis = value
        case .rows: rows = value
        case .members: members = value
        case .storedBytes: storedBytes = value
        case .queuedJobs: queuedJobs = value
        case .uploadsPerMonth: uploadsPerMonth = value
        case .forecastsPerMonth: forecastsPerMonth = value
        case .crawlPagesPerMonth: crawlPagesPerMonth = value
        case .retentionDays: retentionDays = value.map { Int($0) }
        }
    }
}
