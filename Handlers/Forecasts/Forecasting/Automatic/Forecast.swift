/// The next values of a series, how sure that is, and where it comes from.
public struct Forecast: Sendable {
    /// A model's part in the forecast.
    public struct Share: Sendable, Hashable {
        /// For example `theta`.
        public let model: String
        /// 0…1; all shares make 1.
        public let weight: Double
        /// The mean of |y − ŷ| when it forecast the series' own last part; nil where the series is too short for that.
        public let backtestError: Double?
    }

    /// What a season adds to each step.
    public struct Season: Sendable, Hashable {
        /// In steps.
        public let period: Double
        /// One a step ahead.
        public let values: [Double]
    }

    /// One value a step ahead.
    public internal(set) var mean: [Double]
    /// The lower end of the band that holds four values of five.
    public internal(set) var lower80: [Double]
    /// Its upper end.
    public internal(set) var upper80: [Double]
    /// The lower end of the band that holds 19 values of 20.
    public internal(set) var lower95: [Double]
    /// Its upper end.
    public internal(set) var upper95: [Double]
    /// The heaviest first.
    public internal(set) var shares: [Share]
    /// The mean of |y − ŷ| of the combined forecast on the series' own last part.
    public internal(set) var backtestError: Double?
    /// How the combined forecast did on the series' own last part; nil where the series is too short for that.
    public internal(set) var backtest: BacktestFigures?
    /// What the mean is made of: a level that moves, seasons on it, special days and regressors.
    public internal(set) var trend: [Double]
    /// What holidays and events do to each step; 0 on ordinary ones.
    public internal(set) var special: [Double]
    /// What regressors do to each step, as far as they are known; 0 where they are not, or do nothing.
    public internal(set) var regressors: [Double]
    /// The seasons on the trend, the shortest first.
    public internal(set) var seasons: [Season]
}
