/// In which order a date's numbers stand.
public enum DateOrder: String, Sendable, Hashable, Codable, CaseIterable {
    /// The year in front, or the month's name in letters: no other reading is possible.
    case certain
    /// Day, month, year.
    case dayMonthYear = "dmy"
    /// Month, day, year.
    case monthDayYear = "mdy"
    /// Year, month, day, the year in two digits.
    case yearMonthDay = "ymd"
}

/// What one field says as a date, a time or a duration.
struct TimeReading {
    enum Kind: UInt8, CaseIterable {
        case date, dateTime, time, duration
        /// A month, a quarter or an ISO week: counts as its first day.
        case month, quarter, week
    }

    /// How it is written, for the column's format.
    struct Pattern: Hashable {
        enum Form: UInt8 {
            case none, yearFirst, triple, dayName, nameDay, yearName, characters, yearMonth, monthYear, nameYear, yearQuarter, quarterYear, week,
                compact
        }

        var form = Form.none
        /// The byte between the date's parts; 0 for none.
        var separator: UInt8 = 0
        var shortYear = false
        /// Whether the month's name is written out.
        var longName = false
        /// Between date and time of day; 0 where one of them is missing.
        var between: UInt8 = 0
        /// Parts of the time of day: 0 none, 1 hours, 2 and minutes, 3 and seconds, 4 and fractions.
        var clock: UInt8 = 0
        var isTwelveHour = false
        var isZoned = false
        /// Whether the month could be the next year's last digits: 2009-10.
        var isSeason = false
    }

    var kind: Kind
    var pattern = Pattern()
    /// Days since 1970-01-01 under each order; `impossible` where that order makes no date of it.
    var certain = Self.impossible
    var dayMonth = Self.impossible
    var monthDay = Self.impossible
    var yearFirst = Self.impossible
    /// Time of day less the zone's offset, or the duration, in microseconds.
    var micros: Int64 = 0

    static let impossible = Int32.min

    /// Days under an order; nil where it is impossible.
    @inline(__always)
    func days(_ order: DateOrder) -> Int32? {
        if certain != Self.impossible { return certain }
        let days =
            switch order {
            case .certain: certain
            case .dayMonthYear: dayMonth
            case .monthDayYear: monthDay
            case .yearMonthDay: yearFirst
            }
        return days == Self.impossible ? nil : days
    }
}
