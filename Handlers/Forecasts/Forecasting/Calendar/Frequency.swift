/// How far apart the values of a series stand.
public enum Frequency: String, Sendable, CaseIterable, Codable {
    case hourly, daily
    /// Mondays to Fridays.
    case businessDaily = "business_daily"
    case weekly, monthly, quarterly, yearly

    /// Lengths of the seasons that values of this kind may have, in steps, the shortest first.
    public var periods: [Double] {
        switch self {
        case .hourly: [24, 168]
        case .daily: [7, 365.25]
        case .businessDaily: [5, 260.9]
        case .weekly: [52.18]
        case .monthly: [12]
        case .quarterly: [4]
        case .yearly: []
        }
    }

    /// Steps that a forecast looks ahead where nobody says: a business's usual next plan.
    public var usualHorizon: Int {
        switch self {
        case .hourly: 48
        case .daily: 30
        case .businessDaily: 22
        case .weekly: 13
        case .monthly: 12
        case .quarterly: 8
        case .yearly: 5
        }
    }

    /// Values that a forecast looks at, at most: what is older says little and costs time.
    var memory: Int {
        switch self {
        case .hourly: 24 * 7 * 8
        case .daily: 365 * 3
        case .businessDaily: 261 * 3
        case .weekly: 52 * 10
        case .monthly: 12 * 25
        case .quarterly: 4 * 30
        case .yearly: 100
        }
    }
}
