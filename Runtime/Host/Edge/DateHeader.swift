import Kernel

/// The `Date` header's value (RFC 9110 section 5.6.7), made once a second. Belongs to one loop.
struct DateHeader {
    private var second: Int64 = .min
    private var text: [UInt8] = []

    mutating func value(at now: Timestamp) -> [UInt8] {
        if now.seconds != second {
            second = now.seconds
            text = Array(Self.format(now).utf8)
        }
        return text
    }

    /// For example `Sun, 06 Nov 1994 08:49:37 GMT`.
    static func format(_ time: Timestamp) -> String {
        let days = Int(time.seconds / 86_400)
        let rest = Int(time.seconds % 86_400)
        let date = CalendarDate(daysSinceEpoch: days)
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][days % 7]
        let month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][date.month - 1]
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(weekday), \(two(date.day)) \(month) \(date.year) \(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60)) GMT"
    }
}
