/// Which trend and season an exponential smoothing has. Hyndman, Koehler, Ord and Snyder, "Forecasting with Exponential Smoothing", 2008, table 2.1.
struct SmoothingForm: Hashable, Sendable {
    enum Trend: String, Sendable { case none = "N", additive = "A", damped = "Ad" }
    enum Season: String, Sendable { case none = "N", additive = "A", multiplicative = "M" }

    /// Errors are shares of what was expected; else differences from it.
    let isRelative: Bool
    let trend: Trend
    let season: Season

    /// As in the book: ETS(M,Ad,M) is `MAdM`.
    var text: String { (isRelative ? "M" : "A") + trend.rawValue + season.rawValue }

    /// How many constants and first states are to be found, for the information criterion.
    func parameters(period: Int) -> Int {
        let trends = trend == .none ? 0 : trend == .additive ? 2 : 3
        return 3 + trends + (season == .none ? 0 : period)
    }
}
