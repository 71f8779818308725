import Glibc

/// For values by the day: two days together far from two moving levels, in proportion, and unlike every two days of the last two years.
///
/// Works on a signed logarithm, so that a shop of 10 and one of 10,000 a day are alike. Two days are summed, because what happens in a business
/// seldom fits one day; the score is the geometric mean of how new the two days are (``PairNovelty``), which counts one and a half times, and of their
/// distances from a slow and a fast level (exponentially weighted moving averages, S. Roberts, "Control Chart Tests Based on Geometric Moving
/// Averages", Technometrics 1, 1959), each over its own decaying deviation.
struct DailyDetector: Sendable {
    private struct Level {
        var mean: DecayingMean
        var deviation = DecayingDeviation(rate: 2.0 / 60)
        var last = 0.0

        /// Residuals of two days over their usual size, and that size.
        mutating func next(_ value: Double) -> (ratio: Double, usual: Double) {
            let residual = value - (mean.value ?? value)
            let both = abs(residual + last) / 1.5
            let usual = deviation.value + 1e-3
            let ratio = both / usual
            deviation.learn(both)
            mean.learn(value)
            last = residual
            return (ratio, usual)
        }
    }

    private var slow = Level(mean: DecayingMean(rate: 0.1))
    private var fast = Level(mean: DecayingMean(rate: 0.3))
    private let unit: Double
    private var novelty = PairNovelty(
        history: 730, apart: 2, neighbours: 1, scale: NoveltyScale(window: 400, share: 0.95, floor: 1e-3))
    private var last: Double?
    private static let threshold = 2.0
    private static let noveltyWeight = 1.5
    /// From the levels, where two days count that are somewhat newer than ordinary ones can be.
    private static let farDistance = 2.0
    /// Farther is not told apart.
    private static let largest = 1e18
    /// Two days that have been there exactly so may still lie far from the levels.
    private static let leastNovelty = 0.01

    init(magnitude: Magnitude) { unit = 0.1 * magnitude.value }

    mutating func next(_ value: Double) -> Reading {
        let scaled = log1p(abs(value) / unit) * (value < 0 ? -1 : 1)
        let expected = fast.mean.value ?? scaled
        let carried = fast.last
        let one = slow.next(scaled)
        let other = fast.next(scaled)
        let new = novelty.next(last ?? scaled, scaled) + Self.leastNovelty
        last = scaled
        let product = min(one.ratio * other.ratio * pow(new, Self.noveltyWeight), Self.largest)
        let score = pow(product, 1 / (2 + Self.noveltyWeight)) / Self.threshold
        let margin = 1.5 * Self.farDistance * other.usual
        return Reading(
            score: score, expected: raw(expected), lower: raw(expected - carried - margin), upper: raw(expected - carried + margin))
    }

    private func raw(_ scaled: Double) -> Double { expm1(abs(scaled)) * unit * (scaled < 0 ? -1 : 1) }
}
