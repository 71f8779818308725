public import Kernel

/// The field `Retry-After` (RFC 9110 section 10.2.3): seconds, or a date.
public enum RetryAfter {
    /// Nobody waits for longer than a year; in seconds.
    private static let longest = 366 * 86_400

    /// How long to wait from now on; never negative. Nil for what is neither.
    public static func read(_ text: some StringProtocol, at now: Timestamp) -> Duration? {
        let text = String(text.drop { $0 == " " })
        if !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) {
            return .seconds(min(Int(text) ?? .max, Self.longest))
        }
        return HTTPDate.read(text).map { min(max(.zero, $0 - now), .seconds(Self.longest)) }
    }
}

/// Dates of HTTP (RFC 9110 section 5.6.7): the preferred form and the two old ones.
public enum HTTPDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` or `Sun Nov  6 08:49:37 1994`. Nil for anything else.
    public static func read(_ text: some StringProtocol) -> Timestamp? {
        let parts: [String] = text.split(whereSeparator: { " ,-".contains($0) }).map { String($0) }
        // Weekday, day, month, year, time, GMT; or weekday, month, day, time, year.
        let isAsctime = parts.count == 5
        guard isAsctime || (parts.count == 6 && parts[5] == "GMT") else { return nil }
        let (dayText, monthText, yearText, timeText) = isAsctime ? (parts[2], parts[1], parts[4], parts[3]) : (parts[1], parts[2], parts[3], parts[4])
        let clock = timeText.split(separator: ":", omittingEmptySubsequences: false)
        guard let month = months.firstIndex(of: monthText), let day = number(dayText), var year = number(yearText), clock.count == 3,
            let hour = number(clock[0]), let minute = number(clock[1]), let second = number(clock[2]), hour < 24, minute < 60, second <= 60
        else { return nil }
        // Two digits: the century that makes it not lie far ahead.
        if yearText.utf8.count == 2 { year += year < 70 ? 2000 : 1900 }
        guard let date = CalendarDate(year: year, month: month + 1, day: day) else { return nil }
        return Timestamp(seconds: date.midnight.seconds + Int64(hour * 3600 + minute * 60 + second))
    }

    private static func number(_ text: some StringProtocol) -> Int? {
        guard (1...4).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(text)
    }
}
