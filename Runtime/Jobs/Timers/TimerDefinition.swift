import Kernel

/// A timer as a manifest says it, and as the database keeps it.
public struct TimerDefinition: Sendable, Hashable, Codable {
    /// For whom it makes jobs.
    public enum Scope: String, Sendable, Hashable, Codable, CaseIterable {
        /// For each active tenant, at that tenant's own time.
        case tenant
        /// Once for the installation, of no tenant.
        case system
    }

    /// What becomes of a time at which the job before has not ended.
    public enum Overlap: String, Sendable, Hashable, Codable, CaseIterable {
        /// No job is made.
        case skip
        /// The job waits until the one before has ended; at most 100 do.
        case queue
        /// Both run.
        case allow
    }

    /// What becomes of times at which nobody ran.
    public enum CatchUp: Sendable, Hashable {
        /// Nothing.
        case skip
        /// The newest of them gets a job.
        case latest
        /// The newest ones get a job each, at most so many.
        case all(Int)
    }

    /// The job that it makes, of the same handler.
    public var kind: String
    /// As ``Schedule/init(_:)`` reads it.
    public var schedule: String
    /// A zone of the tz database; `tenant`: that of the tenant, UTC where it has none.
    public var timeZone = "tenant"
    public var overlap = Overlap.skip
    /// `skip`, `latest` or `all(n)`.
    public var catchUp = "latest"
    /// Tenants' jobs wait up to so many seconds, each for a time of its own, so that they do not all come at once.
    public var spreadSeconds: Int64 = 0
    /// 1…9; 1 goes first.
    public var priority = 5
    public var maxAttempts = RetryPolicy.standard.maxAttempts

    enum CodingKeys: String, CodingKey {
        case kind, schedule, overlap, priority
        case timeZone = "time_zone"
        case catchUp = "catch_up"
        case spreadSeconds = "spread_seconds"
        case maxAttempts = "max_attempts"
    }

    public init(kind: String, schedule: String) {
        self.kind = kind
        self.schedule = schedule
    }

    /// `timeZone` where it stands for a tenant's own.
    public static let tenantZone = "tenant"
    /// The most times that are caught up with.
    public static let longestCatchUp = 1000

    /// What ``catchUp`` says. Throws `VALIDATION_ERROR`.
    public var catchUpRule: CatchUp {
        get throws(AppError) {
            if catchUp == "skip" { return .skip }
            if catchUp == "latest" { return .latest }
            if catchUp.hasPrefix("all("), catchUp.hasSuffix(")"), let most = Int(catchUp.dropFirst(4).dropLast()),
                (1...Self.longestCatchUp).contains(most)
            {
                return .all(most)
            }
            throw AppError.invalid("catch_up", "expected skip, latest or all(1) to all(\(Self.longestCatchUp)); got `\(catchUp.prefix(64))`")
        }
    }

    /// The zone that its times are told in for a tenant. Not for system timers: these have UTC for `tenant`.
    public func zoneName(of tenantZone: String) -> String { timeZone == Self.tenantZone ? tenantZone : timeZone }
}
