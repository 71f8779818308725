/// The date in front of a field.
enum DateText {
    /// False where no date begins here. The cursor stands behind it then.
    static func read(_ cursor: inout TimeCursor, _ reading: inout TimeReading) -> Bool {
        if !cursor.isDigit { return named(&cursor, &reading) }
        guard let first = cursor.number() else { return false }
        switch first.digits {
        case 4: return yearFirst(first.value, &cursor, &reading)
        case 8:
            guard cursor.byte | 0x20 == UInt8(ascii: "t") || cursor.byte == 0x20 else { return false }
            reading.pattern.form = .compact
            return certain(first.value / 10_000, first.value / 100 % 100, first.value % 100, &reading)
        case 1, 2: return short(first, &cursor, &reading)
        default: return false
        }
    }

    private static func certain(_ year: Int, _ month: Int, _ day: Int, _ reading: inout TimeReading) -> Bool {
        guard let days = DayNumber.of(year: year, month: month, day: day) else { return false }
        reading.certain = Int32(days)
        return true
    }

    // MARK: A year of four digits in front

    private static func yearFirst(_ year: Int, _ cursor: inout TimeCursor, _ reading: inout TimeReading) -> Bool {
        if characters(year, &cursor, &reading) { return reading.certain != TimeReading.impossible }
        let before = cursor.position
        let separator = separator(&cursor)
        if let period = period(year, &cursor, &reading) { return period }
        guard separator != 0 else {
            cursor.position = before
            return false
        }
        let month: Int
        if cursor.isDigit {
            guard separator != UInt8(ascii: ","), let number = cursor.number(), number.digits <= 2 else { return false }
            month = number.value
            reading.pattern.form = .yearFirst
        } else {
            guard let name = monthName(&cursor, &reading) else { return false }
            month = name
            reading.pattern.form = .yearName
        }
        reading.pattern.separator = separator
        let behind = cursor.position
        if self.separator(&cursor) == separator, let day = cursor.number(), day.digits <= 2, !hasClock(cursor) {
            return certain(year, month, day.value, &reading)
        }
        // A blank is a separator only where all of them are.
        cursor.position = behind
        guard cursor.isAtEnd, separator != 0x20 || reading.pattern.form == .yearName else { return false }
        reading.kind = .month
        if reading.pattern.form == .yearFirst {
            reading.pattern.form = .yearMonth
            reading.pattern.isSeason = month == (year + 1) % 100
        }
        return certain(year, month, 1, &reading)
    }

    /// `Q1`, `M01`, `W05` behind a year; nil where none of them is there.
    private static func period(_ year: Int, _ cursor: inout TimeCursor, _ reading: inout TimeReading) -> Bool? {
        let letter = cursor.byte | 0x20
        guard cursor.peek(1) &- 48 < 10 else { return nil }
        switch letter {
        case UInt8(ascii: "q"), UInt8(ascii: "k"):
            cursor.position += 1
            guard let quarter = cursor.number(), (1...4).contains(quarter.value), quarter.digits == 1 else { return false }
            reading.kind = .quarter
            reading.pattern.form = .yearQuarter
            return certain(year, quarter.value * 3 - 2, 1, &reading)
        case UInt8(ascii: "m"):
            cursor.position += 1
            guard let month = cursor.number(), month.digits <= 2 else { return false }
            reading.kind = .month
            reading.pattern.form = .yearMonth
            reading.pattern.separator = UInt8(ascii: "M")
            return certain(year, month.value, 1, &reading)
        case UInt8(ascii: "w"):
            cursor.position += 1
            guard let week = cursor.number(), week.digits <= 2, let days = DayNumber.ofWeek(week.value, year: year) else { return false }
            reading.kind = .week
            reading.pattern.form = .week
            reading.certain = Int32(days)
            return true
        default: return nil
        }
    }

    /// `2024年1月31日`, `2024년 1월 31일`. False where the first sign is missing.
    private static func characters(_ year: Int, _ cursor: inout TimeCursor, _ reading: inout TimeReading) -> Bool {
        guard cursor.skip(characters: "年") || cursor.skip(characters: "년") else { return false }
        cursor.skipBlanks()
        guard let month = cursor.number(), cursor.skip(characters: "月") || cursor.skip(characters: "월") else { return true }
        reading.pattern.form = .characters
        cursor.skipBlanks()
        if cursor.isAtEnd {
            reading.kind = .month
            _ = certain(year, month.value, 1, &reading)
        } else if let day = cursor.number(), cursor.skip(characters: "日") || cursor.skip(characters: "일") || cursor.skip(characters: "号") {
            _ = certain(year, month.value, day.value, &reading)
        }
        return true
    }

    // MARK: A number of one or two digits in front

    private static func short(_ first: (value: Int, digits: Int), _ cursor: inout TimeCursor, _ reading: inout TimeReading) -> Bool {
        ordinal(&cursor)
        let separator = separator(&cursor)
        guard cursor.isDigit else { return dayName(first, separator, &cursor, &reading) }
        guard separator != 0, separator != 0x20, separator != UInt8(ascii: ","), let second = cursor.number() else { return false }
        reading.pattern.separator = separator
        if second.digits == 4, cursor.isAtEnd {
            reading.kind = .month
            reading.pattern.form = .monthYear
            return certain(second.value, first.value, 1, &reading)
        }
        guard second.digits <= 2, self.separator(&cursor) == separator, let third = cursor.number(), !hasClock(cursor) else { return false }
        reading.pattern.form = .triple
        return triple(first.value, second.value, third, &reading)
    }

    /// Three numbers, the last one a year of two or four digits, or the first one of two.
    private static func triple(_ a: Int, _ b: Int, _ c: (value: Int, digits: Int), _ reading: inout TimeReading) -> Bool {
        guard c.digits == 2 || c.digits == 4 else { return false }
        reading.pattern.shortYear = c.digits == 2
        let year = c.digits == 2 ? DayNumber.year(of: c.value) : c.value
        if let days = DayNumber.of(year: year, month: b, day: a) { reading.dayMonth = Int32(days) }
        if let days = DayNumber.of(year: year, month: a, day: b) { reading.monthDay = Int32(days) }
        if c.digits == 2, let days = DayNumber.of(year: DayNumber.year(of: a), month: b, day: c.value) { reading.yearFirst = Int32(days) }
        return reading.dayMonth != TimeReading.impossible || reading.monthDay != TimeReading.impossible || reading.yearFirst != TimeReading.impossible
    }

    /// `31-Jan-2024`, `31 janvier 2024`, `31. Januar 2024`, `31 de enero de 2024`; `1. Quartal 2024`.
    private static func dayName(
        _ day: (value: Int, digits: Int), _ separator: UInt8, _ cursor: inout TimeCursor, _ reading: inout TimeReading
    ) -> Bool {
        particle(&cursor)
        if cursor.word(quarterWords, dots: true) != nil {
            cursor.skipBlanks()
            guard let year = cursor.number(), year.digits == 4, (1...4).contains(day.value) else { return false }
            reading.kind = .quarter
            reading.pattern.form = .quarterYear
            return certain(year.value, day.value * 3 - 2, 1, &reading)
        }
        guard let month = monthName(&cursor, &reading) else { return false }
        reading.pattern.form = .dayName
        reading.pattern.separator = separator
        guard let year = year(&cursor, &reading) else { return false }
        return certain(year, month, day.value, &reading)
    }

    // MARK: A word in front

    /// `Jan 31, 2024`, `January 2024`, `Jan-24`, `Q1 2024`, `W05 2024`.
    private static func named(_ cursor: inout TimeCursor, _ reading: inout TimeReading) -> Bool {
        if let done = leadingPeriod(&cursor, &reading) { return done }
        guard let month = monthName(&cursor, &reading) else { return false }
        let separator = separator(&cursor)
        let apostrophe = cursor.skip(UInt8(ascii: "'"))
        particle(&cursor)
        guard let number = cursor.number() else { return false }
        reading.pattern.separator = separator
        if number.digits == 4 || cursor.isAtEnd && number.digits == 2 && (separator == UInt8(ascii: "-") || apostrophe || number.value > 31) {
            guard cursor.isAtEnd else { return false }
            reading.kind = .month
            reading.pattern.form = .nameYear
            reading.pattern.shortYear = number.digits == 2
            return certain(number.digits == 2 ? DayNumber.year(of: number.value) : number.value, month, 1, &reading)
        }
        guard number.digits <= 2 else { return false }
        ordinal(&cursor)
        reading.pattern.form = .nameDay
        guard let year = year(&cursor, &reading) else { return false }
        return certain(year, month, number.value, &reading)
    }

    private static func leadingPeriod(_ cursor: inout TimeCursor, _ reading: inout TimeReading) -> Bool? {
        let letter = cursor.byte | 0x20
        let isWeek = letter == UInt8(ascii: "w")
        guard isWeek || letter == UInt8(ascii: "q") || letter == UInt8(ascii: "t"), cursor.peek(1) &- 48 < 10 else { return nil }
        cursor.position += 1
        guard let part = cursor.number(), part.digits <= 2, separator(&cursor) != 0, let year = cursor.number(), year.digits == 4 else {
            return false
        }
        if isWeek {
            guard let days = DayNumber.ofWeek(part.value, year: year.value) else { return false }
            reading.kind = .week
            reading.pattern.form = .week
            reading.certain = Int32(days)
            return true
        }
        guard part.digits == 1, (1...4).contains(part.value) else { return false }
        reading.kind = .quarter
        reading.pattern.form = .quarterYear
        return certain(year.value, part.value * 3 - 2, 1, &reading)
    }

    // MARK: Pieces

    /// The byte between two parts, blanks behind it skipped; 0 where there is none.
    private static func separator(_ cursor: inout TimeCursor) -> UInt8 {
        let byte = cursor.byte
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: ","):
            cursor.position += 1
            cursor.skipBlanks()
            return byte
        default: return cursor.skipBlanks() ? 0x20 : 0
        }
    }

    /// Whether what was read as the year's or day's digits are the hours of a time: `1.2 10:30`.
    private static func hasClock(_ cursor: TimeCursor) -> Bool { cursor.byte == UInt8(ascii: ":") }

    private static func monthName(_ cursor: inout TimeCursor, _ reading: inout TimeReading) -> Int? {
        let start = cursor.position
        guard let month = cursor.word(TimeWords.months) else { return nil }
        reading.pattern.longName = cursor.position - start > 4
        if cursor.byte == UInt8(ascii: "."), cursor.position + 1 < cursor.text.count { cursor.position += 1 }
        return month
    }

    /// The year behind a month's name.
    private static func year(_ cursor: inout TimeCursor, _ reading: inout TimeReading) -> Int? {
        _ = separator(&cursor)
        particle(&cursor)
        let apostrophe = cursor.skip(UInt8(ascii: "'"))
        guard let year = cursor.number(), year.digits == 4 || year.digits == 2, !hasClock(cursor) else { return nil }
        reading.pattern.shortYear = year.digits == 2 || apostrophe
        return year.digits == 2 ? DayNumber.year(of: year.value) : year.value
    }

    /// `1st`, `2nd`, `3rd`, `4th`, `1er`, `1º`.
    private static func ordinal(_ cursor: inout TimeCursor) {
        let length = cursor.wordLength()
        guard length >= 2, ordinals.find(cursor.text.bytes + cursor.position, length) != nil else { return }
        cursor.position += length
    }

    /// `de` and `of` between the parts.
    private static func particle(_ cursor: inout TimeCursor) {
        let start = cursor.position
        if cursor.word(particles) == nil || !cursor.skipBlanks() { cursor.position = start }
    }

    private static let ordinals = WordTable(["st", "nd", "rd", "th", "er", "º", "ª"].map { ($0, 1) })
    private static let particles = WordTable(["de", "del", "of", "di"].map { ($0, 1) })
    private static let quarterWords = WordTable(["quartal", "quarter", "q", "trimestre", "trim.", "qtr", "kwartaal", "trimestre"].map { ($0, 1) })
}
