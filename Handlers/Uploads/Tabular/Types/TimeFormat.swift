/// How dates and times are written, as a `strptime` pattern.
enum TimeFormat {
    static func pattern(_ pattern: TimeReading.Pattern, _ order: DateOrder) -> String {
        let date = date(pattern, order)
        let clock = clock(pattern)
        if date.isEmpty { return clock }
        if clock.isEmpty { return date }
        let between = pattern.between == UInt8(ascii: ",") ? ", " : pattern.between == UInt8(ascii: "T") ? "T" : " "
        return date + between + clock
    }

    private static func date(_ pattern: TimeReading.Pattern, _ order: DateOrder) -> String {
        let mark = pattern.separator == 0 ? "" : String(UnicodeScalar(pattern.separator))
        let year = pattern.shortYear ? "%y" : "%Y"
        let name = pattern.longName ? "%B" : "%b"
        let gap = pattern.separator == UInt8(ascii: ".") ? ". " : mark == "" ? " " : mark
        return switch pattern.form {
        case .none: ""
        case .yearFirst: "%Y\(mark)%m\(mark)%d"
        case .triple:
            switch order {
            case .monthDayYear: "%m\(mark)%d\(mark)\(year)"
            case .yearMonthDay: "%y\(mark)%m\(mark)%d"
            case .certain, .dayMonthYear: "%d\(mark)%m\(mark)\(year)"
            }
        case .dayName: "%d\(gap)\(name)\(pattern.separator == UInt8(ascii: ".") ? " " : gap)\(year)"
        case .nameDay: "\(name) %d, \(year)"
        case .yearName: "%Y\(gap)\(name)\(gap)%d"
        case .characters: "%Y年%m月%d日"
        case .yearMonth: "%Y\(mark)%m"
        case .monthYear: "%m\(mark)%Y"
        case .nameYear: "\(name)\(gap)\(year)"
        case .yearQuarter: "%Y\(gap)Q%q"
        case .quarterYear: "Q%q %Y"
        case .week: "%G-W%V"
        case .compact: "%Y%m%d"
        }
    }

    private static func clock(_ pattern: TimeReading.Pattern) -> String {
        guard pattern.clock > 0 else { return "" }
        var text = pattern.isTwelveHour ? "%I" : "%H"
        if pattern.clock >= 2 { text += ":%M" }
        if pattern.clock >= 3 { text += ":%S" }
        if pattern.clock >= 4 { text += ".%f" }
        if pattern.isTwelveHour { text += " %p" }
        if pattern.isZoned { text += "%z" }
        return text
    }
}
