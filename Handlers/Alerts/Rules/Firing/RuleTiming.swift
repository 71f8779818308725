public import Kernel
public import NotificationRules

/// When a condition becomes an alert, and when it is told of.
public struct RuleTiming: Codable, Sendable, Hashable, Validated {
    /// What an evaluation without data does.
    public enum WithoutData: String, Codable, Sendable, Hashable, CaseIterable {
        /// Nothing changes.
        case keep
        /// It counts as breached.
        case fire
        /// It counts as clear.
        case resolve
    }

    /// How long the condition must hold before it fires. Defaults to 0: at once.
    public var forSeconds: Int?
    /// How long it must be clear before it is resolved. Defaults to 0: at once.
    public var resolveSeconds: Int?
    /// While it fires and nobody has acknowledged it, it is told of again each time so much has passed. Nil: once.
    public var repeatSeconds: Int?
    /// Defaults to `keep`.
    public var withoutData: WithoutData?
    /// When it is evaluated, in the tenant's zone. Outside of these hours its state stays. Nil: always.
    public var schedule: WeeklyHours?
    /// When nobody is told, in the tenant's zone: what is still true behind them is told then. Nil: never.
    public var quietHours: WeeklyHours?
    /// Whether critical alerts are told of in quiet hours all the same. Defaults to true.
    public var quietExceptCritical: Bool?

    enum CodingKeys: String, CodingKey {
        case schedule
        case forSeconds = "for_seconds"
        case resolveSeconds = "resolve_seconds"
        case repeatSeconds = "repeat_seconds"
        case withoutData = "without_data"
        case quietHours = "quiet_hours"
        case quietExceptCritical = "quiet_except_critical"
    }

    public init(
        forSeconds: Int? = nil, resolveSeconds: Int? = nil, repeatSeconds: Int? = nil, withoutData: WithoutData? = nil,
        schedule: WeeklyHours? = nil, quietHours: WeeklyHours? = nil, quietExceptCritical: Bool? = nil
    ) {
        (self.forSeconds, self.resolveSeconds, self.repeatSeconds, self.withoutData) = (forSeconds, resolveSeconds, repeatSeconds, withoutData)
        (self.schedule, self.quietHours, self.quietExceptCritical) = (schedule, quietHours, quietExceptCritical)
    }

    public func validate(_ issues: inout [AppError.Issue]) {
        let long = 0...31 * RuleLimits.day
        for (field, value) in [("for_seconds", forSeconds), ("resolve_seconds", resolveSeconds)] {
            issues.require(value.map(long.contains) ?? true, field, "expected a whole number from 0 to \(long.upperBound)")
        }
        let pause = 900...31 * RuleLimits.day
        issues.require(
            repeatSeconds.map(pause.contains) ?? true, "repeat_seconds", "expected a whole number from \(pause.lowerBound) to \(pause.upperBound)")
    }

    func isScheduled(_ time: LocalTime) -> Bool { schedule?.contains(time) ?? true }

    func isQuiet(_ time: LocalTime, _ severity: Severity) -> Bool {
        guard let quietHours, severity != .critical || quietExceptCritical == false else { return false }
        return quietHours.contains(time)
    }
}
