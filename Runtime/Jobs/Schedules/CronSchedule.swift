public import Kernel

/// Times on a wall clock, as a line of crontab names them (POSIX.1-2017, "crontab"): minute, hour, day of the month, month, day of the week.
///
/// Where both kinds of days are named a day of either fits. Sunday is 0 and 7.
public struct CronSchedule: Sendable, Hashable {
    let minutes, hours, days, months, weekdays: CronField

    private static let monthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    private static let dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    /// How far ahead is looked: the longest time between two February 29.
    static let horizon = 8 * 366 + 2

    /// Five fields. Throws `VALIDATION_ERROR` with the field that is wrong.
    public init(_ text: some StringProtocol) throws(AppError) {
        let fields = text.split(separator: " ").map { Substring($0) }
        guard fields.count == 5 else {
            throw AppError.invalid(
                "schedule", "expected five fields, minute, hour, day, month and weekday, such as `0 2 * * *`; got `\(text.prefix(64))`")
        }
        minutes = try CronField(fields[0], "minute", in: 0...59)
        hours = try CronField(fields[1], "hour", in: 0...23)
        days = try CronField(fields[2], "day of the month", in: 1...31)
        months = try CronField(fields[3], "month", in: 1...12, names: Self.monthNames)
        weekdays = try CronField(fields[4], "weekday", in: 0...7, names: Self.dayNames)
        guard next(after: Timestamp(seconds: 0), in: .utc) != nil else {
            throw AppError.invalid("schedule", "`\(text.prefix(64))` names a day that no year has")
        }
    }

    /// The first time behind an instant; nil where there is none.
    ///
    /// When clocks are put forward, a time that is left out fires when they are, unless the schedule names every hour: then nothing is missing. When they
    /// are put back, a time that comes twice fires the first time alone, unless the schedule names every hour: then each hour has its time.
    public func next(after instant: Timestamp, in zone: TimeZone) -> Timestamp? {
        // A change of clocks at midnight moves times over the edge of a day: the days beside are looked at together.
        let today = Int(zone.local(instant).floored(by: 86_400))
        if let near = (today - 1...today + 1).flatMap({ times(on: $0, in: zone) }).filter({ $0 > instant }).min() { return near }
        for day in today + 2...today + Self.horizon {
            if let first = times(on: day, in: zone).min() { return first }
        }
        return nil
    }

    /// The instants of a day, which is counted from 1970.
    private func times(on day: Int, in zone: TimeZone) -> [Timestamp] {
        guard fits(day) else { return [] }
        let start = Int64(day) * 86_400
        let isPlain = zone.offset(at: start - 27 * 3600) == zone.offset(at: start + 51 * 3600)
        let shift = Int64(zone.offset(at: start))
        var times: [Timestamp] = []
        for hour in hours.numbers(in: 0...23) {
            for minute in minutes.numbers(in: 0...59) {
                let local = start + Int64(hour * 3600 + minute * 60)
                if isPlain {
                    times.append(Timestamp(seconds: local - shift))
                } else {
                    times += instants(local, in: zone)
                }
            }
        }
        return times
    }

    private func instants(_ local: Int64, in zone: TimeZone) -> [Timestamp] {
        let instants = zone.instants(local: local)
        if hours.isAny { return instants }
        if let first = instants.first { return [first] }
        return zone.gap(over: local).map { [$0] } ?? []
    }

    private func fits(_ day: Int) -> Bool {
        let date = CalendarDate(daysSinceEpoch: day)
        guard months.contains(date.month) else { return false }
        let weekday = CalendarDate.weekday(day)
        let isWeekday = weekdays.contains(weekday) || weekday == 0 && weekdays.contains(7)
        if days.isAny { return isWeekday }
        return weekdays.isAny ? days.contains(date.day) : days.contains(date.day) || isWeekday
    }
}
