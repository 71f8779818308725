extension Timestamp {
    /// The form with the day's name, of mail (RFC 5322 section 3.3) and of HTTP (RFC 9110 section 5.6.7), in UTC; `zone` is how each calls that. For example
    /// `Sun, 06 Nov 1994 08:49:37 GMT`.
    public func withWeekday(zone: String) -> String {
        let days = seconds.floorDivided(by: 86_400)
        let rest = Int(seconds - days * 86_400)
        let date = CalendarDate(daysSinceEpoch: Int(days))
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][Int(((days % 7) + 7) % 7)]
        let month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][date.month - 1]
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(weekday), \(two(date.day)) \(month) \(date.year) \(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60)) \(zone)"
    }
}
