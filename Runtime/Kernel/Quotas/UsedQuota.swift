/// A limit of a plan that leaves no room, as the database and the gateway say it.
public struct UsedQuota: Sendable, Hashable {
    /// The SQLSTATE of the database's refusal, whose message is the JSON of such a value.
    public static let sqlState = "TN402"

    /// The limit's name in the plan, see ``QuotaMetric/limit``.
    public let limit: String
    public let allowed: Int64
    /// Without what was refused.
    public let used: Int64
    public let plan: String
    /// When it begins anew; nil for what is there at a time.
    public let resetsAt: Timestamp?

    public init(limit: String, allowed: Int64, used: Int64, plan: String, resetsAt: Timestamp?) {
        self.limit = limit
        self.allowed = allowed
        self.used = used
        self.plan = plan
        self.resetsAt = resetsAt
    }

    /// Reads the database's form; nil for any other value.
    public init?(_ json: JSONValue) {
        guard let limit = json["limit"]?.string, let allowed = json["allowed"]?.integer, let used = json["used"]?.integer,
            let plan = json["plan"]?.string
        else { return nil }
        self.init(limit: limit, allowed: allowed, used: used, plan: plan, resetsAt: json["resets_at"]?.string.flatMap { Timestamp($0) })
    }

    /// The same from text.
    public init?(json text: String) {
        guard let value = try? JSON.read(Array(text.utf8)) else { return nil }
        self.init(value)
    }

    /// `QUOTA_EXCEEDED`, with all of it as the answer's `details`.
    public var error: AppError {
        let what = limit.split(separator: "_").joined(separator: " ")
        var message = "The plan \(plan) allows \(allowed) \(what); \(used) are used, and this needs more"
        if let resetsAt { message += ". They begin anew at \(resetsAt)" }
        return AppError(
            .quotaExceeded, message,
            facts: [
                "limit": .string(limit), "allowed": .integer(allowed), "used": .integer(used), "plan": .string(plan),
                "resets_at": resetsAt.map { .string($0.description) } ?? .null,
            ])
    }
}
