import Kernel

/// The `Date` header's value (RFC 9110 section 5.6.7), made once a second. Belongs to one loop.
struct DateHeader {
    private var second: Int64 = .min
    private var text: [UInt8] = []

    mutating func value(at now: Timestamp) -> [UInt8] {
        if now.seconds != second {
            second = now.seconds
            text = Array(now.withWeekday(zone: "GMT").utf8)
        }
        return text
    }
}
