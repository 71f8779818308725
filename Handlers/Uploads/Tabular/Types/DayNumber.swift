/// Days of the proleptic Gregorian calendar, counted from 1970-01-01.
enum DayNumber {
    /// Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`; nil where the calendar has no such day or the year is outside 1…9999.
    @inline(__always)
    static func of(year: Int, month: Int, day: Int) -> Int? {
        guard year >= 1, year <= 9999, month >= 1, month <= 12, day >= 1, day <= length(of: month, in: year) else { return nil }
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    @inline(__always)
    private static func length(of month: Int, in year: Int) -> Int {
        if month == 2 { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28 }
        return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31
    }

    /// The Monday of an ISO 8601 week; nil where the year has no such week.
    static func ofWeek(_ week: Int, year: Int) -> Int? {
        guard (1...53).contains(week), let fourth = of(year: year, month: 1, day: 4) else { return nil }
        let day = fourth - weekday(fourth) + (week - 1) * 7
        if week == 53, let next = of(year: year + 1, month: 1, day: 4), day >= next - weekday(next) { return nil }
        return day
    }

    /// 0 on Mondays. 1970-01-01 was a Thursday.
    private static func weekday(_ day: Int) -> Int { ((day + 3) % 7 + 7) % 7 }

    /// The year that two digits stand for: 69…99 are 19xx, 00…68 are 20xx (POSIX `strptime`, `%y`).
    @inline(__always)
    static func year(of twoDigits: Int) -> Int { twoDigits < 69 ? 2000 + twoDigits : 1900 + twoDigits }
}
