/// An instant in UTC with microsecond resolution, as Postgres keeps `timestamptz`.
///
/// Text is RFC 3339: written as `2026-03-01T08:00:00Z`, with a fraction only where there is one; read with any offset.
public struct Timestamp: Hashable, Sendable, Comparable {
    /// Microseconds since 1970-01-01T00:00:00Z.
    public let microseconds: Int64

    /// The instant that many microseconds after 1970-01-01T00:00:00Z.
    public init(microseconds: Int64) { self.microseconds = microseconds }

    /// The instant that many whole seconds after 1970-01-01T00:00:00Z.
    public init(seconds: Int64) { self.microseconds = seconds * 1_000_000 }

    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
    public var seconds: Int64 { microseconds.floorDivided(by: 1_000_000) }

    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.microseconds < b.microseconds }
    public static func + (a: Timestamp, b: Duration) -> Timestamp { Timestamp(microseconds: a.microseconds + b.microseconds) }
    public static func - (a: Timestamp, b: Duration) -> Timestamp { Timestamp(microseconds: a.microseconds - b.microseconds) }
    public static func - (a: Timestamp, b: Timestamp) -> Duration { .microseconds(a.microseconds - b.microseconds) }
}

extension Duration {
    /// The whole duration in microseconds, rounded towards zero.
    public var microseconds: Int64 {
        let parts = components
        return parts.seconds * 1_000_000 + parts.attoseconds / 1_000_000_000_000
    }

    /// The whole duration in milliseconds, rounded towards zero.
    public var milliseconds: Int64 { microseconds / 1000 }
}

extension Int64 {
    func floorDivided(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}

extension Timestamp: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = Timestamp(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected an RFC 3339 time such as 2026-03-01T08:00:00Z")
        }
        self = value
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
