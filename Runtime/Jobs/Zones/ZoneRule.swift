import Kernel

/// When clocks change in years that no file lists: the value of the variable TZ (POSIX.1-2017, Base Definitions, section 8.3; hours up to 167 as RFC 8536
/// section 3.3.1 allows), for example `CET-1CEST,M3.5.0,M10.5.0/3`.
struct ZoneRule: Sendable, Hashable {
    /// A day of each year, and the time on the wall clock then, in seconds.
    struct Change: Sendable, Hashable {
        enum Day: Sendable, Hashable {
            /// The n-th weekday of a month; 5: the last. 0 is Sunday.
            case weekday(month: Int, week: Int, day: Int)
            /// From 1 to 365; February 29 is never counted.
            case ordinal(Int)
            /// From 0 to 365; February 29 is counted.
            case offset(Int)
        }
        var day: Day
        var time = 2 * 3600

        /// In seconds since 1970, of the wall clock.
        func local(in year: Int) -> Int64 {
            let start = CalendarDate(year: year, month: 1, day: 1)?.daysSinceEpoch ?? 0
            let days: Int
            switch day {
            case .weekday(let month, let week, let day):
                let first = CalendarDate(year: year, month: month, day: 1)?.daysSinceEpoch ?? 0
                let next = month == 12 ? CalendarDate(year: year + 1, month: 1, day: 1) : CalendarDate(year: year, month: month + 1, day: 1)
                let length = (next?.daysSinceEpoch ?? first) - first
                var offset = (day - CalendarDate.weekday(first) + 7) % 7 + (week - 1) * 7
                while offset >= length { offset -= 7 }
                days = first + offset
            case .ordinal(let number):
                let isLeap = CalendarDate(year: year, month: 2, day: 29) != nil
                days = start + number - 1 + (isLeap && number >= 60 ? 1 : 0)
            case .offset(let number): days = start + number
            }
            return Int64(days) * 86_400 + Int64(time)
        }
    }

    /// Seconds east of UTC.
    var standard: Int
    /// Nil: clocks do not change.
    var summer: (offset: Int, from: Change, until: Change)?

    static func == (a: Self, b: Self) -> Bool {
        a.standard == b.standard && a.summer?.offset == b.summer?.offset && a.summer?.from == b.summer?.from && a.summer?.until == b.summer?.until
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(standard)
        hasher.combine(summer?.offset)
    }

    func offset(at seconds: Int64) -> Int {
        guard let summer else { return standard }
        let days = Int((seconds + Int64(standard)).floored(by: 86_400))
        let year = CalendarDate(daysSinceEpoch: days).year
        let from = summer.from.local(in: year) - Int64(standard)
        let until = summer.until.local(in: year) - Int64(summer.offset)
        // South of the equator summer goes over the turn of the year.
        let isSummer = from < until ? from <= seconds && seconds < until : seconds < until || from <= seconds
        return isSummer ? summer.offset : standard
    }

    /// Throws `VALIDATION_ERROR` where the text is no such value.
    init(_ text: String, zone: String) throws(AppError) {
        var reader = RuleReader(text)
        guard reader.name(), let standard = reader.clock() else { throw Self.fault(text, zone) }
        self.standard = -standard
        if reader.isAtEnd { return }
        guard reader.name() else { throw Self.fault(text, zone) }
        let offset = reader.isNext(",") ? self.standard + 3600 : reader.clock().map { -$0 }
        guard let offset, reader.take(","), let from = reader.change(), reader.take(","), let until = reader.change(), reader.isAtEnd else {
            throw Self.fault(text, zone)
        }
        summer = (offset, from, until)
    }

    private static func fault(_ text: String, _ zone: String) -> AppError {
        .invalid("time_zone", "the file of `\(zone)` ends with `\(text.prefix(64))`, which is no rule of POSIX")
    }
}

/// Takes the parts of such a value.
private struct RuleReader {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = Substring(text).utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    func isNext(_ character: Unicode.Scalar) -> Bool { rest.first == UInt8(ascii: character) }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard isNext(character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    /// Three letters or more, or anything between angle brackets.
    mutating func name() -> Bool {
        if take("<") {
            guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return false }
            rest = rest[rest.index(after: end)...]
            return true
        }
        let name = rest.prefix { $0.isLetter }
        rest = rest[name.endIndex...]
        return name.count >= 3
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    mutating func clock() -> Int? {
        let sign = take("-") ? -1 : 1
        if sign == 1 { _ = take("+") }
        guard let hours = number(), hours <= 167 else { return nil }
        var seconds = hours * 3600
        for unit in [60, 1] {
            guard take(":") else { break }
            guard let value = number(), value < 60 else { return nil }
            seconds += value * unit
        }
        return sign * seconds
    }

    mutating func change() -> ZoneRule.Change? {
        let day: ZoneRule.Change.Day
        if take("M") {
            guard let month = number(), (1...12).contains(month), take("."), let week = number(), (1...5).contains(week), take("."),
                let weekday = number(), weekday <= 6
            else { return nil }
            day = .weekday(month: month, week: week, day: weekday)
        } else if take("J") {
            guard let number = number(), (1...365).contains(number) else { return nil }
            day = .ordinal(number)
        } else {
            guard let number = number(), number <= 365 else { return nil }
            day = .offset(number)
        }
        guard take("/") else { return ZoneRule.Change(day: day) }
        return clock().map { ZoneRule.Change(day: day, time: $0) }
    }

    private mutating func number() -> Int? {
        let digits = rest.prefix { $0.isDigit }
        rest = rest[digits.endIndex...]
        guard (1...4).contains(digits.count) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - 48) }
    }
}

extension CalendarDate {
    /// 0 is Sunday.
    static func weekday(_ daysSinceEpoch: Int) -> Int { ((daysSinceEpoch + 4) % 7 + 7) % 7 }
}

extension Int64 {
    func floored(by divisor: Int64) -> Int64 { self / divisor - (self % divisor < 0 ? 1 : 0) }
}
