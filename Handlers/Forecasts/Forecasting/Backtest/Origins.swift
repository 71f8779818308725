/// The days from which a series forecasts its own last part, as if that were not known yet.
///
/// Tashman, "Out-of-sample tests of forecasting accuracy", International Journal of Forecasting 16 (2000): rolling origins, fixed constants.
struct Origins: Sendable {
    /// How many values each forecast knows, the fewest first.
    let counts: [Int]

    /// - Parameters:
    ///   - least: values that the first must know, where the series is long enough.
    ///   - step: values between two origins.
    init(count: Int, horizon: Int, least: Int, step: Int, most: Int = 12) {
        var found: Set<Int> = []
        for turn in 0..<most where count - horizon - turn * step >= least { found.insert(count - horizon - turn * step) }
        if count - horizon < least + 2 * step {
            // Too short for whole horizons: what is left of them is looked at.
            let first = max(min(least, count - 2), 4, count - horizon + 1)
            for origin in stride(from: first, to: count, by: max(1, (count - first) / 5)) { found.insert(origin) }
        }
        counts = found.sorted()
    }

    init(counts: [Int]) { self.counts = counts }

    /// How many of the forecasts do not share a step, about.
    func independent(_ horizon: Int) -> Double {
        guard let first = counts.first, let last = counts.last else { return 0 }
        return min(Double(counts.count), 1 + Double(last - first) / Double(horizon))
    }
}
