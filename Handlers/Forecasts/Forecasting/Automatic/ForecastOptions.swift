/// How a forecast is made.
public struct ForecastOptions: Sendable {
    /// Steps ahead, at least 1.
    public var horizon: Int
    /// How far apart the values stand.
    public var frequency: Frequency
    /// What the series cannot go below; 0 by default where it never did.
    public var lowest: Double?
    /// What it cannot go above, such as 100 for a share in percent.
    public var highest: Double?

    /// Days since 1970-01-01 of the first value, for daily series: what lets holidays be known.
    public var firstDay: Int?
    /// Days of events, past and to come, by name: promotions, closures. Only for daily series.
    public var events: [String: Set<Int>] = [:]

    /// What is known of days and may move the series. Only for daily series.
    public var regressors: [Regressor] = []

    /// Options; a horizon below 1 counts as 1.
    public init(
        horizon: Int, frequency: Frequency, lowest: Double? = nil, highest: Double? = nil, firstDay: Int? = nil, events: [String: Set<Int>] = [:]
    ) {
        self.horizon = max(1, horizon)
        self.frequency = frequency
        self.lowest = lowest
        self.highest = highest
        self.firstDay = firstDay
        self.events = events
    }
}
