import Kernel

/// Days of the year that many places keep: fixed dates, those that follow Easter, and those like "the last Monday of May".
///
/// Which of them matter to a series is for the series to say; the list only says which days belong together over the years.
enum SpecialDays {
    /// The kinds of special day that a day is.
    /// - Parameter day: days since 1970-01-01.
    static func kinds(of day: Int) -> [String] {
        let date = CalendarDate(daysSinceEpoch: day)
        var kinds: [String] = []
        if fixed.contains(date.month * 100 + date.day) { kinds.append("date_\(date.month)_\(date.day)") }
        if date.month <= 6, let easter = easter(date.year) {
            let distance = day - easter
            if moving.contains(distance) { kinds.append("easter_\(distance)") }
        }
        // 1970-01-01 was a Thursday; 0 is Monday.
        let weekday = ((day + 3) % 7 + 7) % 7
        let turn = (date.day - 1) / 7 + 1
        let isLast = CalendarDate(daysSinceEpoch: day + 7).month != date.month
        for rule in weekdays where rule.month == date.month && rule.weekday == weekday && (rule.turn == turn || rule.turn == 5 && isLast) {
            kinds.append("month_\(rule.month)_weekday_\(rule.weekday)_\(rule.turn)")
        }
        if date.month == 11, weekday == 4, (23...29).contains(date.day) { kinds.append("after_thanksgiving") }
        return kinds
    }

    /// Month and day as one number.
    private static let fixed: Set<Int> = Set([101, 102, 103, 106, 214, 501, 704, 815, 1031, 1101, 1111] + (1219...1231))
    /// Days after Easter Sunday: Carnival, Maundy Thursday to Easter Monday, Ascension, Whit Monday, Corpus Christi.
    private static let moving: Set<Int> = [-48, -47, -46, -3, -2, -1, 0, 1, 39, 40, 50, 60]
    /// Turn 5 is the month's last. Mondays of the United Kingdom and the United States, and Thanksgiving.
    private static let weekdays: [(month: Int, weekday: Int, turn: Int)] = [
        (1, 0, 3), (2, 0, 3), (5, 0, 1), (5, 0, 5), (8, 0, 5), (9, 0, 1), (10, 0, 2), (11, 3, 4),
    ]

    /// Easter Sunday by the algorithm of Meeus, Jones and Butcher ("Astronomical Algorithms", chapter 8), as days since 1970-01-01.
    static func easter(_ year: Int) -> Int? {
        let a = year % 19
        let (b, c) = (year / 100, year % 100)
        let (d, e) = (b / 4, b % 4)
        let f = (b + 8) / 25
        let g = (b - f + 1) / 3
        let h = (19 * a + b - d - g + 15) % 30
        let (i, k) = (c / 4, c % 4)
        let l = (32 + 2 * e + 2 * i - h - k) % 7
        let m = (a + 11 * h + 22 * l) / 451
        let sum = h + l - 7 * m + 114
        return CalendarDate(year: year, month: sum / 31, day: sum % 31 + 1)?.daysSinceEpoch
    }
}
