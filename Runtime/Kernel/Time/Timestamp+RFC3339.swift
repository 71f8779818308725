extension Timestamp: LosslessStringConvertible {
    /// Parses an RFC 3339 `date-time` (section 5.6), or a `full-date` alone as its midnight in UTC.
    ///
    /// Fractions past the microsecond are cut. Nil for anything else, a day the calendar has not included. A leap second counts as the next second.
    public init?(_ text: some StringProtocol) {
        var reader = DigitReader(Array(text.utf8))
        guard let year = reader.digits(4), reader.take("-"), let month = reader.digits(2), reader.take("-"), let day = reader.digits(2),
            let date = CalendarDate(year: year, month: month, day: day)
        else { return nil }
        if reader.isAtEnd {
            self = date.midnight
            return
        }
        guard reader.take("T") || reader.take("t") || reader.take(" "),
            let hour = reader.digits(2), hour < 24, reader.take(":"), let minute = reader.digits(2), minute < 60,
            reader.take(":"), let second = reader.digits(2), second <= 60
        else { return nil }
        var fraction: Int64 = 0
        if reader.take(".") {
            guard let micros = reader.fraction() else { return nil }
            fraction = micros
        }
        guard let offset = reader.offset(), reader.isAtEnd else { return nil }
        let seconds = date.midnight.seconds + Int64(hour * 3600 + minute * 60 + second) - Int64(offset)
        self.init(microseconds: seconds * 1_000_000 + fraction)
    }

    public var description: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(27)
        write(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the RFC 3339 form in UTC: 20 bytes, or 27 with a fraction.
    public func write(to bytes: inout [UInt8]) {
        let days = seconds.floorDivided(by: 86_400)
        let date = CalendarDate(daysSinceEpoch: Int(days))
        let time = Int(seconds - days * 86_400)
        let fraction = Int(microseconds - seconds * 1_000_000)
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 27) { text in
            text.pair(date.year / 100, at: 0)
            text.pair(date.year % 100, at: 2)
            text[4] = UInt8(ascii: "-")
            text.pair(date.month, at: 5)
            text[7] = UInt8(ascii: "-")
            text.pair(date.day, at: 8)
            text[10] = UInt8(ascii: "T")
            text.pair(time / 3600, at: 11)
            text[13] = UInt8(ascii: ":")
            text.pair(time / 60 % 60, at: 14)
            text[16] = UInt8(ascii: ":")
            text.pair(time % 60, at: 17)
            var end = 19
            if fraction != 0 {
                text[19] = UInt8(ascii: ".")
                text.pair(fraction / 10_000, at: 20)
                text.pair(fraction / 100 % 100, at: 22)
                text.pair(fraction % 100, at: 24)
                end = 26
            }
            text[end] = UInt8(ascii: "Z")
            bytes.append(contentsOf: text[...end])
        }
    }
}

extension UnsafeMutableBufferPointer<UInt8> {
    /// Writes two decimal digits.
    @inline(__always)
    fileprivate func pair(_ value: Int, at offset: Int) {
        self[offset] = UInt8(truncatingIfNeeded: 48 + value / 10)
        self[offset + 1] = UInt8(truncatingIfNeeded: 48 + value % 10)
    }
}

private struct DigitReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    mutating func digits(_ count: Int) -> Int? {
        guard position + count <= bytes.count else { return nil }
        var value = 0
        for byte in bytes[position..<position + count] {
            guard (48...57).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 48)
        }
        position += count
        return value
    }

    mutating func fraction() -> Int64? {
        var micros: Int64 = 0
        var count = 0
        while position < bytes.count, (48...57).contains(bytes[position]) {
            if count < 6 { micros = micros * 10 + Int64(bytes[position] - 48) }
            count += 1
            position += 1
        }
        guard count > 0 else { return nil }
        while count < 6 {
            micros *= 10
            count += 1
        }
        return micros
    }

    /// Seconds east of UTC.
    mutating func offset() -> Int? {
        if take("Z") || take("z") { return 0 }
        let sign: Int
        if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
        guard let hours = digits(2), hours < 24, take(":"), let minutes = digits(2), minutes < 60 else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }
}
