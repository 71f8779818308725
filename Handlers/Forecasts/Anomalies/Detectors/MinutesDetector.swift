/// For values every few minutes: each hour is judged as a whole, by how new it is (``HourlyNovelty``).
///
/// Minutes are full of peaks that mean nothing; what matters to who runs something lasts. What goes on is told once: a score that is not above every
/// one of the last day is 0. A verdict comes with an hour's last value.
struct MinutesDetector: Sendable {
    private var novelty: HourlyNovelty
    private var season = SeasonalMedian(period: 24, cycles: 6)
    private var margin = ResidualScale(window: 1008, share: 0.99, clip: 2.5)
    private var recent = RecentMaximum(length: 24)
    private var sum = 0.0
    private var count = 0
    private var heard = 0
    private var last: Reading?
    private let length: Int
    private static let threshold = 0.68
    /// Hours that are only learned from.
    private static let warmUp = 24

    init(step: Int, magnitude: Magnitude) {
        novelty = HourlyNovelty(magnitude: magnitude)
        length = max(1, 3600 / step)
    }

    mutating func next(_ value: Double) -> Reading {
        novelty.add(value)
        sum += value / Double(length)
        count += 1
        guard count == length else {
            var reading = last ?? Reading(score: 0, expected: value, lower: value, upper: value)
            reading.score = 0
            return reading
        }
        let expected = season.expected() ?? sum
        var reading = Reading.symmetric(score: novelty.close(mean: sum, count: length) / Self.threshold, expected: expected, margin: margin.value)
        margin.learn(abs(sum - expected))
        season.learn(sum)
        sum = 0
        count = 0
        heard += 1
        if heard <= Self.warmUp || !recent.isAbove(reading.score) { reading.score = 0 }
        last = reading
        return reading
    }
}
