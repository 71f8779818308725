public import Kernel

/// How far a zone is from UTC, within a range of time: what the database's zone table says, as a value.
public struct ZoneOffsets: Sendable, Hashable {
    /// From an instant on.
    public struct Change: Sendable, Hashable {
        public let start: Timestamp
        /// East of UTC.
        public let seconds: Int

        public init(start: Timestamp, seconds: Int) { (self.start, self.seconds) = (start, seconds) }
    }

    private let changes: [Change]

    /// In the order of their instants; what lies before the first one has the first one's offset. Empty: UTC.
    public init(_ changes: [Change]) { self.changes = changes }

    public static let utc = ZoneOffsets([])

    /// Seconds east of UTC at an instant.
    public func seconds(at time: Timestamp) -> Int { (changes.last { $0.start <= time } ?? changes.first)?.seconds ?? 0 }

    /// What clocks on the wall show.
    public func local(_ time: Timestamp) -> LocalTime {
        let local = Timestamp(microseconds: time.microseconds + Int64(seconds(at: time)) * 1_000_000)
        let days = Int((local.seconds - local.seconds.positiveRest(86_400)) / 86_400)
        // 1970-01-01 was a Thursday.
        return LocalTime(weekday: Weekday.allCases[(days % 7 + 10) % 7], minute: Int(local.seconds.positiveRest(86_400)) / 60)
    }
}

extension Int64 {
    fileprivate func positiveRest(_ divisor: Int64) -> Int64 { (self % divisor + divisor) % divisor }
}

/// A minute of a week, in some zone.
public struct LocalTime: Sendable, Hashable {
    public let weekday: Weekday
    /// Since midnight, 0 to 1439.
    public let minute: Int

    public init(weekday: Weekday, minute: Int) { (self.weekday, self.minute) = (weekday, minute) }
}

/// A day of the week, Monday first.
public enum Weekday: String, Codable, Sendable, Hashable, CaseIterable {
    case monday, tuesday, wednesday, thursday, friday, saturday, sunday

    /// The day before.
    var previous: Weekday {
        let all = Self.allCases
        return all[((all.firstIndex(of: self) ?? 0) + 6) % 7]
    }
}
