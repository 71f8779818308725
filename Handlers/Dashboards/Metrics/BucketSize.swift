import Kernel

/// How long the parts are into which a range is divided, in UTC. Weeks begin on Monday (ISO 8601).
public enum BucketSize: String, Sendable, CaseIterable, Codable {
    /// Not divided: every point as it was stored.
    case raw
    case day, week, month

    /// The first instant of the part that an instant lies in, in microseconds since 1970-01-01T00:00:00Z.
    func start(of time: Int64) -> Int64 {
        switch self {
        case .raw: return time
        case .day: return Self.floor(time, Self.dayLength, from: 0)
        case .week: return Self.floor(time, 7 * Self.dayLength, from: Self.firstMonday)
        case .month:
            let day = CalendarDate(daysSinceEpoch: Int(Self.floor(time, Self.dayLength, from: 0) / Self.dayLength))
            return CalendarDate(year: day.year, month: day.month, day: 1)?.midnight.microseconds ?? time
        }
    }

    /// The first instant behind the part that begins at an instant.
    func end(of start: Int64) -> Int64 {
        switch self {
        case .raw: return start
        case .day: return start + Self.dayLength
        case .week: return start + 7 * Self.dayLength
        case .month: return self.start(of: start + 31 * Self.dayLength)
        }
    }

    private static let dayLength: Int64 = 86_400_000_000
    /// 1970-01-05.
    private static let firstMonday = 4 * dayLength

    private static func floor(_ time: Int64, _ length: Int64, from origin: Int64) -> Int64 {
        let rest = (time - origin) % length
        return time - (rest < 0 ? rest + length : rest)
    }
}
