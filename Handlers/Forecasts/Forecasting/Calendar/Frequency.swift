/// How far apart the values of a series stand.
public enum Frequency: String, Sendable, CaseIterable, Codable {
    case hourly, daily, weekly, monthly, quarterly, yearly

    /// Lengths of the seasons that values of this kind may have, in steps, the shortest first.
    public var periods: [Double] {
        switch self {
        case .hourly: [24, 168]
        case .daily: [7, 365.25]
        case .weekly: [52.18]
        case .monthly: [12]
        case .quarterly: [4]
        case .yearly: []
        }
    }

    /// Values that a forecast looks at, at most: what is older says little and costs time.
    var memory: Int {
        switch self {
        case .hourly: 24 * 7 * 8
        case .daily: 365 * 3
        case .weekly: 52 * 10
        case .monthly: 12 * 25
        case .quarterly: 4 * 30
        case .yearly: 100
        }
    }
}
