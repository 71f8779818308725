public import Kernel

/// How often a provider may be asked, by its own terms.
public struct ProviderQuota: Sendable, Hashable {
    /// The most requests in one window.
    public var count: Int
    public var window: Window

    /// Windows follow each other without gaps, in UTC.
    public enum Window: Sendable, Hashable {
        /// That many seconds, counted from 1970: 3,600 are the hours, 86,400 the days of the calendar.
        case seconds(Int)
        /// Calendar months.
        case month
    }

    /// For example `ProviderQuota(1000, per: .hour)`.
    public init(_ count: Int, per window: Window) {
        self.count = count
        self.window = window
    }
}

extension ProviderQuota.Window {
    public static let minute = Self.seconds(60)
    public static let hour = Self.seconds(3600)
    public static let day = Self.seconds(86_400)

    /// The window that an instant belongs to: its start, and the start of the next one.
    public func bounds(at instant: Timestamp) -> (start: Timestamp, end: Timestamp) {
        switch self {
        case .seconds(let length):
            let length = Int64(max(1, length))
            let start = instant.seconds - (instant.seconds % length + length) % length
            return (Timestamp(seconds: start), Timestamp(seconds: start + length))
        case .month:
            let day = CalendarDate(daysSinceEpoch: Int((instant.seconds - (instant.seconds % 86_400 + 86_400) % 86_400) / 86_400))
            let first = CalendarDate(daysSinceEpoch: day.daysSinceEpoch - day.day + 1)
            // Thirty-one days behind the first is always in the next month.
            let inNext = CalendarDate(daysSinceEpoch: first.daysSinceEpoch + 31)
            return (first.midnight, CalendarDate(daysSinceEpoch: inNext.daysSinceEpoch - inNext.day + 1).midnight)
        }
    }
}
