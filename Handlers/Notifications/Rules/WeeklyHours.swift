public import Kernel

/// Hours that come again each week, by the clocks on the wall: from `from` until just before `to`, on some days. Where `to` is not behind `from` they
/// last until that time of the next day, so that `22:00` to `07:00` is a night and `00:00` to `00:00` a whole day.
public struct WeeklyHours: Codable, Sendable, Hashable, Validated {
    /// The days on which they begin. Defaults to all.
    public var days: [Weekday]?
    public var from: TimeOfDay
    public var to: TimeOfDay

    public init(days: [Weekday]? = nil, from: TimeOfDay, to: TimeOfDay) { (self.days, self.from, self.to) = (days, from, to) }

    public func validate(_ issues: inout [AppError.Issue]) {
        issues.require(days?.isEmpty != true && (days?.count ?? 0) <= 7, "days", "expected one to seven days")
    }

    /// Whether a moment lies within.
    public func contains(_ time: LocalTime) -> Bool {
        if from.minute < to.minute { return begins(time.weekday) && (from.minute..<to.minute).contains(time.minute) }
        return begins(time.weekday) && time.minute >= from.minute || begins(time.weekday.previous) && time.minute < to.minute
    }

    /// The first whole minute from a moment on that does not lie within; nil where none of the next eight days does.
    public func end(from time: Timestamp, _ zone: ZoneOffsets) -> Timestamp? {
        guard contains(zone.local(time)) else { return time }
        let start = time.seconds - time.seconds % 60
        for minute in 1...8 * 1440 {
            let next = Timestamp(seconds: start + Int64(minute) * 60)
            if !contains(zone.local(next)) { return next }
        }
        return nil
    }

    private func begins(_ day: Weekday) -> Bool { days?.contains(day) ?? true }
}

/// A time of day to the minute, as text `08:30`.
public struct TimeOfDay: Sendable, Hashable {
    /// Since midnight, 0 to 1439.
    public let minute: Int

    /// Nil for what is no time of day.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"), let hour = Int(text.prefix(2)), let minute = Int(text.suffix(2)),
            (0...23).contains(hour), (0...59).contains(minute), bytes[0] != UInt8(ascii: "+"), bytes[3] != UInt8(ascii: "+")
        else { return nil }
        self.minute = hour * 60 + minute
    }
}

extension TimeOfDay: Codable, InputDescribing, CustomStringConvertible {
    public static var inputSchema: InputSchema { InputSchema(.text(example: "08:30")) }
    public static var inputExample: TimeOfDay { TimeOfDay(minute: 510) }

    private init(minute: Int) { self.minute = minute }

    public var description: String {
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(two(minute / 60)):\(two(minute % 60))"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let time = TimeOfDay(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected a time of day from 00:00 to 23:59, such as 08:30")
        }
        self = time
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
