public import Kernel

/// The time that one payment covers: from its start, inclusive, to its end, exclusive.
public struct BillingPeriod: Sendable, Hashable {
    public let start: Timestamp
    public let end: Timestamp

    public init(start: Timestamp, end: Timestamp) {
        self.start = start
        self.end = end
    }

    /// The period of an interval that holds an instant. Periods are counted from an anchor, so one that was begun on a 31st ends on the last day of
    /// shorter months and on a 31st again. Nil for an instant in front of the anchor or beyond the year 9999.
    public init?(at now: Timestamp, anchor: Timestamp, every interval: BillingInterval) {
        guard now >= anchor else { return nil }
        let months = interval == .month ? 1 : 12
        // At least one too few, since no month is longer than 31 days.
        var count = Int((now - anchor).components.seconds) / (31 * 86_400 * months)
        while true {
            guard let end = Self.boundary(anchor, months: (count + 1) * months) else { return nil }
            if now < end {
                guard let start = Self.boundary(anchor, months: count * months) else { return nil }
                self.init(start: start, end: end)
                return
            }
            count += 1
        }
    }

    /// So many calendar months (UTC) behind an instant, on the same day or the month's last one, at the same time of day.
    static func boundary(_ anchor: Timestamp, months: Int) -> Timestamp? {
        let days = Int(anchor.seconds >= 0 ? anchor.seconds / 86_400 : (anchor.seconds - 86_399) / 86_400)
        let date = CalendarDate(daysSinceEpoch: days)
        let month = date.year * 12 + date.month - 1 + months
        for day in [date.day, 30, 29, 28] where day <= date.day {
            if let found = CalendarDate(year: month / 12, month: month % 12 + 1, day: day) {
                return found.midnight + (anchor - CalendarDate(daysSinceEpoch: days).midnight)
            }
        }
        return nil
    }
}
