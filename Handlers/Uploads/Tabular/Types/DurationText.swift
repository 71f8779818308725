/// Durations in words: `1h 5m`, `2 days, 3:04:05`, `12 min`, `PT1H30M` (ISO 8601).
enum DurationText {
    /// Nil where the field is no duration.
    static func read(_ text: FieldText) -> TimeReading? {
        var cursor = TimeCursor(text: text)
        let negative = cursor.skip(UInt8(ascii: "-"))
        var reading = TimeReading(kind: .duration)
        let micros: Int64?
        if cursor.byte == UInt8(ascii: "P") {
            cursor.position += 1
            micros = iso(&cursor)
        } else {
            micros = words(&cursor)
        }
        guard let micros else { return nil }
        reading.micros = negative ? -micros : micros
        return reading
    }

    /// ISO 8601 durations without years and months, whose length is not known.
    private static func iso(_ cursor: inout TimeCursor) -> Int64? {
        var total = 0.0
        var isTime = false
        var parts = 0
        while !cursor.isAtEnd {
            if cursor.skip(UInt8(ascii: "T")) {
                guard !isTime else { return nil }
                isTime = true
                continue
            }
            guard let value = decimal(&cursor) else { return nil }
            let unit: Double
            switch (cursor.byte, isTime) {
            case (UInt8(ascii: "W"), false): unit = 604_800
            case (UInt8(ascii: "D"), false): unit = 86_400
            case (UInt8(ascii: "H"), true): unit = 3600
            case (UInt8(ascii: "M"), true): unit = 60
            case (UInt8(ascii: "S"), true): unit = 1
            default: return nil
            }
            cursor.position += 1
            total += value * unit
            parts += 1
        }
        return parts > 0 ? micros(total) : nil
    }

    private static func words(_ cursor: inout TimeCursor) -> Int64? {
        var total = 0.0
        var parts = 0
        var last = Int.max
        while !cursor.isAtEnd {
            let start = cursor.position
            var clock = TimeReading(kind: .time)
            if parts > 0, last > 3600, ClockText.read(&cursor, &clock), cursor.isAtEnd {
                return micros(total).map { $0 + clock.micros }
            }
            cursor.position = start
            guard let value = decimal(&cursor) else { return nil }
            cursor.skipBlanks()
            let length = cursor.wordLength(dots: true)
            // A lone letter may be a metre or a size.
            guard let unit = cursor.word(TimeWords.units, dots: true), unit < last, parts > 0 || length > 1 || unit == 3600 || !cursor.isAtEnd else {
                return nil
            }
            total += value * Double(unit)
            last = unit
            parts += 1
            _ = cursor.skip(UInt8(ascii: ","))
            cursor.skipBlanks()
        }
        return parts > 0 ? micros(total) : nil
    }

    private static func decimal(_ cursor: inout TimeCursor) -> Double? {
        guard let whole = cursor.number() else { return nil }
        var value = Double(whole.value)
        if cursor.byte == UInt8(ascii: ".") || cursor.byte == UInt8(ascii: ","), cursor.peek(1) &- 48 < 10 {
            cursor.position += 1
            guard let fraction = cursor.number() else { return nil }
            value += Double(fraction.value) / PowersOfTen.double[fraction.digits]
        }
        return value
    }

    private static func micros(_ seconds: Double) -> Int64? { seconds < 1e12 ? Int64((seconds * 1_000_000).rounded()) : nil }
}
