/// Reads a field as a date, a time of day, both, a duration or a period: the national orders, names of months, twelve hours, zones.
enum TimeText {
    /// The longest field that is looked at, in bytes.
    private static let longest = 64

    /// Nil where the field is none of them.
    static func read(_ text: FieldText) -> TimeReading? {
        guard text.count >= 2, text.count <= longest else { return nil }
        if let reading = iso(text) { return reading }
        var cursor = TimeCursor(text: text)
        if let reading = dated(&cursor) { return reading }
        cursor.position = 0
        var reading = TimeReading(kind: .time)
        if ClockText.read(&cursor, &reading), cursor.isAtEnd { return reading }
        return DurationText.read(text)
    }

    /// `2024-01-31`, `2024-01-31T08:30:00Z`: the most frequent forms.
    @inline(__always)
    private static func iso(_ text: FieldText) -> TimeReading? {
        guard text.count == 10 || text.count == 19 || text.count == 20, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-") else { return nil }
        let year = four(text, 0)
        let month = two(text, 5)
        let day = two(text, 8)
        guard year >= 0, month >= 0, day >= 0, let days = DayNumber.of(year: year, month: month, day: day) else { return nil }
        var reading = TimeReading(kind: .date)
        reading.certain = Int32(truncatingIfNeeded: days)
        reading.pattern.form = .yearFirst
        reading.pattern.separator = UInt8(ascii: "-")
        if text.count == 10 { return reading }
        guard text[13] == UInt8(ascii: ":"), text[16] == UInt8(ascii: ":"), text[10] == UInt8(ascii: "T") || text[10] == 0x20 else { return nil }
        let hour = two(text, 11)
        let minute = two(text, 14)
        let second = two(text, 17)
        guard hour >= 0, hour < 24, minute >= 0, minute < 60, second >= 0, second <= 60 else { return nil }
        if text.count == 20 {
            guard text[19] == UInt8(ascii: "Z") else { return nil }
            reading.pattern.isZoned = true
        }
        reading.kind = .dateTime
        reading.micros = Int64(hour * 3600 + minute * 60 + second) * 1_000_000
        reading.pattern.between = text[10]
        reading.pattern.clock = 3
        return reading
    }

    /// The value of two digits; negative where they are none.
    @inline(__always)
    private static func two(_ text: FieldText, _ index: Int) -> Int {
        let tens = text[index] &- 48
        let ones = text[index + 1] &- 48
        return tens < 10 && ones < 10 ? Int(tens) * 10 + Int(ones) : -1
    }

    @inline(__always)
    private static func four(_ text: FieldText, _ index: Int) -> Int {
        let (high, low) = (two(text, index), two(text, index + 2))
        return high >= 0 && low >= 0 ? high * 100 + low : -1
    }

    /// A date, perhaps with a time of day behind it.
    private static func dated(_ cursor: inout TimeCursor) -> TimeReading? {
        let start = cursor.position
        if cursor.word(TimeWords.weekdays, dots: true) != nil {
            _ = cursor.skip(UInt8(ascii: ","))
            if !cursor.skipBlanks() || cursor.isAtEnd { cursor.position = start }
        }
        var reading = TimeReading(kind: .date)
        guard DateText.read(&cursor, &reading) else { return nil }
        // `2024. 1. 31.`
        if cursor.byte == UInt8(ascii: "."), cursor.peek(1) == 0 || cursor.peek(1) == 0x20 { cursor.position += 1 }
        if cursor.isAtEnd { return reading }
        guard reading.kind == .date else { return nil }
        if cursor.skip(UInt8(ascii: "T")) || cursor.skip(UInt8(ascii: "t")) {
            reading.pattern.between = UInt8(ascii: "T")
        } else {
            let comma = cursor.skip(UInt8(ascii: ","))
            let blank = cursor.skipBlanks()
            guard comma || blank else { return nil }
            if cursor.skip(UInt8(ascii: "-")) || cursor.skip(UInt8(ascii: "|")) { cursor.skipBlanks() }
            let here = cursor.position
            if cursor.word(fillers, dots: true) != nil { cursor.skipBlanks() } else { cursor.position = here }
            reading.pattern.between = comma ? UInt8(ascii: ",") : UInt8(ascii: " ")
            // A weekday in brackets or behind the date: 2024/01/31 (Wed).
            if cursor.byte == UInt8(ascii: "(") { return nil }
        }
        guard ClockText.read(&cursor, &reading), cursor.isAtEnd, reading.kind != .duration else { return nil }
        reading.kind = .dateTime
        return reading
    }

    /// Words between date and time.
    private static let fillers = WordTable(["at", "um", "kl.", "kl", "à", "a", "às", "alle", "om", "o"].map { ($0, 1) })
}
