public import Kernel

/// The steps of a frequency as whole numbers, and the time at which each begins, in UTC.
public struct StepCalendar: Sendable, Hashable {
    /// How far apart the steps stand.
    public let frequency: Frequency
    /// The weekday on which weeks begin, 0 for Monday.
    public let weekStart: Int

    /// A calendar; weeks begin on Monday by default.
    public init(_ frequency: Frequency, weekStart: Int = 0) {
        self.frequency = frequency
        self.weekStart = weekStart
    }

    /// The step that a time lies in. A Saturday or Sunday counts to the Friday before where only business days count.
    public func step(of time: Timestamp) -> Int {
        if frequency == .hourly { return Self.floor(Int(time.seconds), 3600) }
        let day = Self.floor(Int(time.seconds), 86_400)
        let date = CalendarDate(daysSinceEpoch: day)
        switch frequency {
        case .hourly, .daily: return day
        case .businessDaily: return Self.floor(day + 3, 7) * 5 + min(4, (day + 3) - 7 * Self.floor(day + 3, 7))
        case .weekly: return Self.floor(day + 3 - weekStart, 7)
        case .monthly: return date.year * 12 + date.month - 1
        case .quarterly: return date.year * 4 + (date.month - 1) / 3
        case .yearly: return date.year
        }
    }

    /// When a step begins.
    public func time(of step: Int) -> Timestamp {
        switch frequency {
        case .hourly: Timestamp(seconds: Int64(step) * 3600)
        case .daily: Timestamp(seconds: Int64(step) * 86_400)
        case .businessDaily: Timestamp(seconds: Int64(Self.floor(step, 5) * 7 + (step - 5 * Self.floor(step, 5)) - 3) * 86_400)
        case .weekly: Timestamp(seconds: Int64(step * 7 - 3 + weekStart) * 86_400)
        case .monthly: Self.first(step, of: 12)
        case .quarterly: Self.first(step, of: 4)
        case .yearly: Self.first(step, of: 1)
        }
    }

    private static func first(_ step: Int, of parts: Int) -> Timestamp {
        let year = floor(step, parts)
        let month = (step - year * parts) * (12 / parts) + 1
        return CalendarDate(year: min(max(year, 1), 9999), month: month, day: 1)?.midnight ?? Timestamp(seconds: 0)
    }

    private static func floor(_ value: Int, _ divisor: Int) -> Int { value >= 0 ? value / divisor : (value - divisor + 1) / divisor }
}
