import Kernel

/// Reads dates and times of one form. Without an offset they are UTC; without a time of day they are its midnight.
struct TimeCell: Sendable {
    let form: TimeForm
    private var month: UInt64 = 0
    private var monthStart: Int64 = 0
    private var monthLength = 0

    init(form: TimeForm) { self.form = form }

    /// Microseconds since 1970-01-01T00:00:00Z; nil where the bytes are no time of this form, or the calendar has no such day.
    ///
    /// A leap second counts as the next second; digits past the microsecond are cut.
    @inline(__always)
    mutating func parse(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int64? {
        guard count >= 10, let midnight = date(bytes) else { return nil }
        if count == 10 { return midnight }
        return Self.timeOfDay(bytes + 10, count - 10).map { midnight + $0 }
    }

    /// Consecutive rows mostly lie in one month, so its first day is kept.
    @inline(__always)
    private mutating func date(_ bytes: UnsafePointer<UInt8>) -> Int64? {
        let key: UInt64
        let day: Int
        if form == .dots {
            key = UnsafeRawPointer(bytes + 2).loadUnaligned(as: UInt64.self)
            day = Self.two(bytes)
        } else {
            key = UnsafeRawPointer(bytes).loadUnaligned(as: UInt64.self)
            day = Self.two(bytes + 8)
        }
        if key != month { guard remember(key, bytes) else { return nil } }
        guard day >= 1, day <= monthLength else { return nil }
        return monthStart + Int64(day - 1) * 86_400_000_000
    }

    private mutating func remember(_ key: UInt64, _ bytes: UnsafePointer<UInt8>) -> Bool {
        let (yearAt, monthAt, mark): (Int, Int, UInt8) =
            switch form {
            case .iso: (0, 5, UInt8(ascii: "-"))
            case .slashes: (0, 5, UInt8(ascii: "/"))
            case .dots: (6, 3, UInt8(ascii: "."))
            }
        let marks = form == .dots ? (2, 5) : (4, 7)
        let high = Self.two(bytes + yearAt)
        let low = Self.two(bytes + yearAt + 2)
        guard bytes[marks.0] == mark, bytes[marks.1] == mark, high >= 0, low >= 0,
            let first = CalendarDate(year: high * 100 + low, month: Self.two(bytes + monthAt), day: 1)
        else { return false }
        month = key
        monthStart = first.midnight.microseconds
        monthLength = (29...31).last { CalendarDate(year: first.year, month: first.month, day: $0) != nil } ?? 28
        return true
    }

    /// The value of two digits; negative where they are none.
    @inline(__always)
    private static func two(_ bytes: UnsafePointer<UInt8>) -> Int {
        let tens = bytes[0] &- 48
        let ones = bytes[1] &- 48
        return tens < 10 && ones < 10 ? Int(tens) * 10 + Int(ones) : -1
    }

    /// `T08:00`, ` 08:00:00.25`, with an offset or not, in microseconds.
    private static func timeOfDay(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int64? {
        guard count >= 6, bytes[0] == UInt8(ascii: " ") || bytes[0] | 0x20 == UInt8(ascii: "t"), bytes[3] == UInt8(ascii: ":") else { return nil }
        let hour = two(bytes + 1)
        let minute = two(bytes + 4)
        guard hour >= 0, hour < 24, minute >= 0, minute < 60 else { return nil }
        var micros = Int64(hour * 60 + minute) * 60_000_000
        var position = 6
        if position + 3 <= count, bytes[position] == UInt8(ascii: ":") {
            let second = two(bytes + 7)
            guard second >= 0, second <= 60 else { return nil }
            micros += Int64(second) * 1_000_000
            position = 9
            if position < count, bytes[position] == UInt8(ascii: ".") {
                position += 1
                var unit: Int64 = 100_000
                let first = position
                while position < count, bytes[position] &- 48 < 10 {
                    micros += Int64(bytes[position] - 48) * unit
                    unit /= 10
                    position += 1
                }
                guard position > first else { return nil }
            }
        }
        if position == count { return micros }
        return offset(bytes + position, count - position).map { micros - $0 }
    }

    /// `Z`, `+01:00`, `+0100`, `+01`, after a blank or not, in microseconds east of UTC.
    private static func offset(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int64? {
        if bytes[0] == UInt8(ascii: " "), count > 1 { return offset(bytes + 1, count - 1) }
        if count == 1 { return bytes[0] | 0x20 == UInt8(ascii: "z") ? 0 : nil }
        let sign: Int64
        switch bytes[0] {
        case UInt8(ascii: "+"): sign = 1
        case UInt8(ascii: "-"): sign = -1
        default: return nil
        }
        guard count >= 3 else { return nil }
        let hours = two(bytes + 1)
        let minutes: Int
        switch count {
        case 3: minutes = 0
        case 5: minutes = two(bytes + 3)
        case 6 where bytes[3] == UInt8(ascii: ":"): minutes = two(bytes + 4)
        default: return nil
        }
        guard hours >= 0, hours < 24, minutes >= 0, minutes < 60 else { return nil }
        return sign * Int64(hours * 60 + minutes) * 60_000_000
    }
}
