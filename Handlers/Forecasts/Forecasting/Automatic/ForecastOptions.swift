/// How a forecast is made.
public struct ForecastOptions: Sendable {
    /// Steps ahead, at least 1.
    public var horizon: Int
    public var frequency: Frequency
    /// What the series cannot go below; 0 by default where it never did.
    public var lowest: Double?
    /// What it cannot go above, such as 100 for a share in percent.
    public var highest: Double?

    public init(horizon: Int, frequency: Frequency, lowest: Double? = nil, highest: Double? = nil) {
        self.horizon = max(1, horizon)
        self.frequency = frequency
        self.lowest = lowest
        self.highest = highest
    }
}
