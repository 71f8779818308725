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

    /// `2024-01-31`, the most frequent form, without anything behind it.
    @inline(__always)
    private static func iso(_ text: FieldText) -> TimeReading? {
        guard text.count == 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-") else { return nil }
        var value = 0
        for index in 0..<10 where index != 4 && index != 7 {
            let digit = text[index] &- 48
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
        }
        guard let days = DayNumber.of(year: value / 10_000, month: value / 100 % 100, day: value % 100) else { return nil }
        var reading = TimeReading(kind: .date)
        reading.certain = Int32(days)
        reading.pattern.form = .yearFirst
        reading.pattern.separator = UInt8(ascii: "-")
        return reading
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
