public import Kernel

/// What a tenant may use, and at what price. A plan that was agreed with one customer is one more that is not public.
public struct Plan: Sendable, Hashable, Codable {
    public enum Interval: String, Sendable, Hashable, Codable, CaseIterable {
        case month, year
    }

    /// Never changes: `[a-z][a-z0-9_]{0,31}`.
    public let name: String
    /// What people call it, 1 to 100 characters.
    public var title: String
    /// A sentence about it, at most 1000 characters.
    public var description = ""
    /// The order in which plans are shown. Defaults to 100.
    public var position = 100
    /// Whether everybody may see it and choose it. Defaults to false.
    public var isPublic = false
    /// Per interval, in minor units of the currency. Defaults to 0.
    public var priceMinor: Int64 = 0
    /// ISO 4217. Defaults to EUR.
    public var currency = "EUR"
    public var billingInterval = Interval.month
    /// 0 to 365. Defaults to 0.
    public var trialDays = 0
    public var limits = PlanLimits()
    /// Whether members' sessions without a second factor may only enrol one. Defaults to false.
    public var mfaRequired = false

    enum CodingKeys: String, CodingKey {
        case name, title, description, position, currency, limits
        case isPublic = "is_public"
        case priceMinor = "price_minor"
        case billingInterval = "billing_interval"
        case trialDays = "trial_days"
        case mfaRequired = "mfa_required"
    }

    /// A plan without limits and price.
    public init(name: String, title: String) {
        self.name = name
        self.title = title
    }

    /// All that is wrong with it.
    var issues: [AppError.Issue] {
        var issues: [AppError.Issue] = []
        func require(_ holds: Bool, _ field: String, _ expected: String) {
            if !holds { issues.append(.init(field: field, issue: expected)) }
        }
        require(Self.isName(name), "name", "expected lower-case letters, digits and _, at most 32, a letter first")
        require((1...100).contains(title.unicodeScalars.count), "title", "expected 1 to 100 characters")
        require(description.unicodeScalars.count <= 1000, "description", "expected at most 1000 characters")
        require((Int(Int32.min)...Int(Int32.max)).contains(position), "position", "expected a number of 32 bits")
        require(priceMinor >= 0, "price_minor", "expected 0 or more")
        require(currency.utf8.count == 3 && currency.utf8.allSatisfy { (65...90).contains($0) }, "currency", "expected a code such as EUR")
        require((0...365).contains(trialDays), "trial_days", "expected 0 to 365")
        return issues
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, (97...122).contains(first), text.utf8.count <= 32 else { return false }
        return text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_") }
    }
}

/// A limit of a tenant's plan beside what is used of it.
public struct QuotaUse: Sendable, Hashable, Codable {
    /// What is counted, see ``QuotaMetric``.
    public let metric: String
    /// The limit's name in the plan.
    public let limit: String
    /// Nil: as much as one likes.
    public let allowed: Int64?
    public let used: Int64
    public let plan: String
    /// When it begins anew; nil for what is there at a time.
    public let resetsAt: Timestamp?

    enum CodingKeys: String, CodingKey {
        case metric, limit, allowed, used, plan
        case resetsAt = "resets_at"
    }
}

/// What a tenant's invocations used in a day or a month of UTC.
public struct PeriodUsage: Sendable, Hashable, Codable {
    public let periodStart: Timestamp
    public let invocations: Int64
    /// Those of them that no client asked for.
    public let jobs: Int64
    public let errors: Int64
    public let cpuMicroseconds: Int64
    public let databaseMicroseconds: Int64
    /// Rows that the database returned or changed.
    public let rows: Int64
    public let databaseBytes: Int64
    public let requestBytes: Int64
    public let answerBytes: Int64

    enum CodingKeys: String, CodingKey {
        case invocations, jobs, errors, rows
        case periodStart = "period_start"
        case cpuMicroseconds = "cpu_us"
        case databaseMicroseconds = "database_us"
        case databaseBytes = "database_bytes"
        case requestBytes = "request_bytes"
        case answerBytes = "answer_bytes"
    }
}

/// Which periods a history of use is summed by.
public enum UsageGrain: String, Sendable, Hashable, CaseIterable {
    case day, month
}
