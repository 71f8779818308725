import Glibc

/// For values by the hour or by the minute: far from the long median, from what stood at this time of day, and from the last hours at once.
///
/// The score is the geometric mean of three residuals, each over its own winsorized quantile (``ResidualScale``). One expectation alone takes a slow
/// wave, a Monday or a busy hour for an anomaly; what is one is far from all three.
struct SteadyDetector: Sendable {
    private var long: SortedWindow
    private var short: SortedWindow
    private var season: SeasonalMedian
    private var scales: (long: ResidualScale, short: ResidualScale, season: ResidualScale)
    private let floor: Double
    private let threshold: Double
    /// The middle of a plateau on labelled metrics of a cloud.
    static let usualThreshold = 3.0
    /// Farther is not told apart.
    private static let largest = 1e6

    init(step: Int, magnitude: Magnitude, threshold: Double = usualThreshold) {
        self.threshold = threshold
        let window = step <= 120 ? 4320 : 504
        long = SortedWindow(capacity: window)
        short = SortedWindow(capacity: max(7, window / 40))
        season = SeasonalMedian(period: max(2, 86_400 / step), cycles: 6)
        scales = (
            ResidualScale(window: 2 * window, share: 0.9, clip: 1.5), ResidualScale(window: 2 * window, share: 0.99, clip: 2.5),
            ResidualScale(window: 2 * window, share: 0.9, clip: 1.5)
        )
        floor = 1e-3 * magnitude.value
    }

    mutating func next(_ value: Double) -> Reading {
        let level = long.quantile(0.5) ?? value
        let seasonal = season.expected() ?? level
        let residuals = (long: abs(value - level), short: abs(value - (short.quantile(0.5) ?? value)), season: abs(value - seasonal))
        let ratios = [
            residuals.long / (scales.long.value + floor), residuals.short / (scales.short.value + floor),
            residuals.season / (scales.season.value + floor),
        ]
        let score = ratios.reduce(1) { $0 * cbrt(min($1, Self.largest)) } / threshold
        let margin = threshold * max(scales.long.value, scales.season.value) + floor
        scales.long.learn(residuals.long)
        scales.short.learn(residuals.short)
        scales.season.learn(residuals.season)
        long.insert(value)
        short.insert(value)
        season.learn(value)
        return .symmetric(score: score, expected: seasonal, margin: margin)
    }
}
