import Kernel

/// The least or greatest value of a column: a number, or a date or time as text.
public enum ProfileValue: Sendable, Hashable, Codable {
    case number(Double)
    case text(String)

    /// Writes a bare number or a bare text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .number(let value): try container.encode(value)
        case .text(let text): try container.encode(text)
        }
    }

    /// Reads either.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Double.self) { self = .number(value) } else { self = .text(try container.decode(String.self)) }
    }

    /// A value of a column as its answers show it: dates as `2024-01-31`, times as RFC 3339 in UTC, times of day as `08:00:00`.
    init(_ value: Double, _ type: ColumnType) {
        switch type.base {
        case .date: self = .text(Self.date(value))
        case .datetime: self = .text(Timestamp(microseconds: Int64((value * 1_000_000).rounded())).description)
        case .time: self = .text(Self.clock(value))
        default: self = .number(value)
        }
    }

    private static func date(_ seconds: Double) -> String {
        let day = CalendarDate(daysSinceEpoch: Int((seconds / 86_400).rounded(.down)))
        return "\(padded(day.year, 4))-\(padded(day.month, 2))-\(padded(day.day, 2))"
    }

    private static func clock(_ value: Double) -> String {
        let micros = Int64((value.magnitude * 1_000_000).rounded())
        let seconds = Int(micros / 1_000_000)
        var text = "\(value < 0 ? "-" : "")\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
        if micros % 1_000_000 != 0 { text += ".\(padded(Int(micros % 1_000_000), 6))" }
        return text
    }

    private static func padded(_ value: Int, _ length: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(length - digits.count, 0)) + digits
    }
}
