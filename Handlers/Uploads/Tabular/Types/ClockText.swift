/// The time of day at a place in a field, with half days and zones.
enum ClockText {
    /// False where none begins here. Hours above 23 make it a duration. The cursor stands behind it.
    static func read(_ cursor: inout TimeCursor, _ reading: inout TimeReading) -> Bool {
        var half = halfDay(&cursor)
        let negative = half == nil && reading.kind == .time && cursor.skip(UInt8(ascii: "-"))
        guard let hours = cursor.number(), hours.digits <= 6 else { return false }
        var minutes = 0
        var seconds = 0
        var micros: Int64 = 0
        var parts: UInt8 = 1
        let mark = cursor.byte
        if compact(hours, &cursor, &reading) { return true }
        if mark == UInt8(ascii: ":")
            || (mark | 0x20 == UInt8(ascii: "h") || mark == UInt8(ascii: ".")) && cursor.peek(1) &- 48 < 10 && cursor.peek(2) &- 48 < 10
        {
            cursor.position += 1
            guard let number = cursor.number(), number.digits == 2, number.value < 60 else { return false }
            // A time with dots needs a date in front of it, else it is a number.
            if mark == UInt8(ascii: "."), reading.kind != .date { return false }
            minutes = number.value
            parts = 2
            if mark != UInt8(ascii: "h"), mark != UInt8(ascii: "H"), cursor.skip(mark) {
                guard let number = cursor.number(), number.digits == 2, number.value <= 60 else { return false }
                seconds = number.value
                parts = 3
                if (cursor.byte == UInt8(ascii: ".") || cursor.byte == UInt8(ascii: ",")) && cursor.peek(1) &- 48 < 10 {
                    cursor.position += 1
                    micros = fraction(&cursor)
                    parts = 4
                }
            }
        }
        let behind = cursor.position
        cursor.skipBlanks()
        if half == nil { half = halfDay(&cursor) }
        if half == nil { cursor.position = behind }
        // Two digits behind a date are its hour: 2024-01-31 08.
        guard parts > 1 || half != nil || reading.kind == .date && hours.digits == 2 && cursor.isAtEnd else { return false }
        var hour = hours.value
        if let half {
            guard (0...12).contains(hour) else { return false }
            hour = hour % 12 + half
            reading.pattern.isTwelveHour = true
        }
        if hour > 23 {
            // Midnight at a day's end may be called 24 o'clock (ISO 8601:2004, 4.2.3).
            let isMidnight = hour == 24 && minutes == 0 && seconds == 0 && micros == 0
            guard reading.kind == .time || reading.kind == .date && isMidnight else { return false }
            if reading.kind == .time { reading.kind = .duration }
        } else if negative {
            reading.kind = .duration
        }
        reading.micros = Int64(hour * 3600 + minutes * 60 + seconds) * 1_000_000 + micros
        if negative { reading.micros = -reading.micros }
        reading.pattern.clock = parts
        if !cursor.isAtEnd { return zone(&cursor, &reading) }
        return true
    }

    /// `101530` behind a compact date.
    private static func compact(_ number: (value: Int, digits: Int), _ cursor: inout TimeCursor, _ reading: inout TimeReading) -> Bool {
        guard reading.pattern.form == .compact, number.digits == 6 || number.digits == 4 else { return false }
        let value = number.digits == 6 ? number.value : number.value * 100
        guard value / 10_000 < 24, value / 100 % 100 < 60, value % 100 <= 60 else { return false }
        reading.micros = Int64(value / 10_000 * 3600 + value / 100 % 100 * 60 + value % 100) * 1_000_000
        reading.pattern.clock = number.digits == 6 ? 3 : 2
        return cursor.isAtEnd || zone(&cursor, &reading)
    }

    private static func fraction(_ cursor: inout TimeCursor) -> Int64 {
        var micros: Int64 = 0
        var unit: Int64 = 100_000
        while cursor.isDigit {
            micros += Int64(cursor.byte - 48) * unit
            unit /= 10
            cursor.position += 1
        }
        return micros
    }

    private static func halfDay(_ cursor: inout TimeCursor) -> Int? {
        let start = cursor.position
        guard let half = cursor.word(TimeWords.halves, dots: true) else {
            cursor.position = start
            return nil
        }
        cursor.skipBlanks()
        return half
    }

    /// `Z`, `+01:00`, ` +0100`, ` CET`, ` (UTC)`, `UTC+1`.
    private static func zone(_ cursor: inout TimeCursor, _ reading: inout TimeReading) -> Bool {
        guard reading.kind != .duration else { return false }
        cursor.skipBlanks()
        let bracket = cursor.skip(UInt8(ascii: "("))
        var minutes = 0
        if let named = cursor.word(TimeWords.zones) { minutes = named }
        if cursor.byte == UInt8(ascii: "+") || cursor.byte == UInt8(ascii: "-") {
            let sign = cursor.byte == UInt8(ascii: "-") ? -1 : 1
            cursor.position += 1
            guard let first = cursor.number(), first.digits <= 4, first.digits != 3 else { return false }
            var hours = first.value
            var rest = 0
            if first.digits == 4 { (hours, rest) = (first.value / 100, first.value % 100) }
            if first.digits <= 2, cursor.skip(UInt8(ascii: ":")) {
                guard let second = cursor.number(), second.digits == 2 else { return false }
                rest = second.value
            }
            guard hours < 24, rest < 60 else { return false }
            minutes = sign * (hours * 60 + rest)
        }
        if bracket, !cursor.skip(UInt8(ascii: ")")) { return false }
        // A name in brackets may stand behind an offset: +0100 (CET).
        if !cursor.isAtEnd, !bracket {
            cursor.skipBlanks()
            guard cursor.skip(UInt8(ascii: "(")), cursor.wordLength() > 0 else { return false }
            cursor.position += cursor.wordLength()
            guard cursor.skip(UInt8(ascii: ")")) else { return false }
        }
        reading.micros -= Int64(minutes) * 60_000_000
        reading.pattern.isZoned = true
        return cursor.isAtEnd
    }
}
