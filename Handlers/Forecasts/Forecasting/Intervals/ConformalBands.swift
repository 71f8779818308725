import Glibc

/// How wide a band must be so that it would have held the errors of the backtest.
///
/// Split conformal prediction on the residuals of rolling origins (Vovk, Gammerman and Shafer 2005, section 2.2; Stankevičiūtė, Alaa and van der
/// Schaar 2021 for several steps): errors are divided by a spread that grows with the step, and the wanted quantile of what is left is taken.
/// Few and neighbouring errors say less than their number; the bands are widened by a share that falls with the count of origins.
struct ConformalBands: Sendable {
    /// Half the width of the 80 % and of the 95 % band at each step.
    private(set) var half80: [Double]
    private(set) var half95: [Double]

    /// - Parameters:
    ///   - errors: one list an origin, from the first step on.
    ///   - independent: how many forecasts of the backtest do not overlap.
    ///   - stepError: the usual error one step ahead, for series with hardly any backtest.
    init(errors: [[Double]], horizon: Int, stepError: Double, independent: Double) {
        var shortSum = 0.0
        var shortCount = 0.0
        var longSum = 0.0
        var longCount = 0.0
        let middle = Double(max(errors.map(\.count).max() ?? 1, 1)) / 2
        for list in errors {
            for (step, error) in list.enumerated() {
                if Double(step) < middle {
                    shortSum += abs(error)
                    shortCount += 1
                } else {
                    longSum += abs(error)
                    longCount += 1
                }
            }
        }
        // Errors grow like a power of the step: 0.5 for a random walk, 0 for noise.
        var growth = 0.35
        if shortCount > 0, longCount > 0, shortSum > 0, longSum > 0 {
            let seen = log(longSum / longCount / (shortSum / shortCount)) / log(3)
            let trust = Double(errors.count) / (Double(errors.count) + 4)
            growth = min(max(trust * seen + (1 - trust) * growth, 0), 0.8)
        }
        let scaled = errors.flatMap { list in list.enumerated().map { abs($0.element) / pow(Double($0.offset + 1), growth) } }.sorted()
        let known = Double(scaled.count)
        let windows = max(independent, 1)
        let usual = scaled.isEmpty ? stepError : Spread.mean(scaled)
        // Of normal errors the mean of |e| is 0.798 of the standard deviation.
        let trust = known / (known + 12)
        let quantile80 = trust * Spread.quantile(scaled, 0.8) + (1 - trust) * 1.2816 / 0.798 * usual
        let quantile95 = trust * Spread.quantile(scaled, 0.95) + (1 - trust) * 1.96 / 0.798 * usual
        half80 = (1...max(horizon, 1)).map { (1 + Self.widening80 / windows) * quantile80 * pow(Double($0), growth) }
        half95 = (1...max(horizon, 1)).map { (1 + Self.widening95 / windows) * quantile95 * pow(Double($0), growth) }
    }

    /// Widens each step by a factor, and by what is doubted there besides.
    mutating func stretch(by factors: [Double], plus doubts: [Double]) {
        for step in half80.indices {
            half80[step] = half80[step] * factors[step] + 0.5 * doubts[step]
            half95[step] = half95[step] * factors[step] + doubts[step]
        }
    }

    /// What is added to the width with a single window of the backtest: far errors are seen more seldom than near ones.
    private static let widening80 = 0.25
    private static let widening95 = 0.7
}
