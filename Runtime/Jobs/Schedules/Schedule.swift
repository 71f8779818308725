public import Kernel

/// When a timer comes to its time.
public enum Schedule: Sendable, Hashable {
    /// Times on the wall clock of a zone.
    case cron(CronSchedule)
    /// Every so many seconds, counted from 1970 in UTC, so that neither a restart nor a change of clocks moves it.
    case every(seconds: Int64)

    /// A line of crontab; `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`; or `every 90s`, `every 15m`, `every 6h`, `every 2d`, from 1 s to 366 d. Throws `VALIDATION_ERROR`.
    public init(_ text: String) throws(AppError) {
        if let named = Self.named[text] {
            self = .cron(try CronSchedule(named))
        } else if text.hasPrefix("every ") {
            guard let seconds = Self.seconds(text.dropFirst(6)), (1...366 * 86_400).contains(seconds) else {
                throw AppError.invalid("schedule", "expected a duration from 1s to 366d, such as `every 15m`; got `\(text.prefix(64))`")
            }
            self = .every(seconds: seconds)
        } else {
            self = .cron(try CronSchedule(text))
        }
    }

    /// The first time behind an instant; nil where there is none. `zone` is not asked for `every`.
    public func next(after instant: Timestamp, in zone: TimeZone) -> Timestamp? {
        switch self {
        case .cron(let cron): cron.next(after: instant, in: zone)
        case .every(let seconds): Timestamp(seconds: (instant.seconds.floored(by: seconds) + 1) * seconds)
        }
    }

    /// The next times behind an instant, at most so many.
    public func upcoming(after instant: Timestamp, count: Int, in zone: TimeZone) -> [Timestamp] {
        var times: [Timestamp] = []
        var last = instant
        while times.count < count, let next = next(after: last, in: zone) {
            times.append(next)
            last = next
        }
        return times
    }

    private static let named = [
        "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *",
    ]

    private static func seconds(_ text: Substring) -> Int64? {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let last = text.last, let unit = units[last], text.count <= 10, let count = Int64(text.dropLast()), count > 0 else { return nil }
        return count * unit
    }
}
