/// For values every few minutes: the mean of each hour, as values by the hour are judged (``SteadyDetector``).
///
/// Minutes are full of peaks that mean nothing; what matters to who runs something lasts. What goes on is told once: a score that is not above every
/// one of the last day and a half is 0. A verdict comes with an hour's last value.
struct MinutesDetector: Sendable {
    private var hours: SteadyDetector
    private var recent: RecentMaximum
    private var sum = 0.0
    private var count = 0
    private var heard = 0
    private var last: Reading?
    private let length: Int
    private static let threshold = 1.7
    /// Hours that are only learned from.
    private static let warmUp = 30

    init(step: Int, magnitude: Magnitude) {
        hours = SteadyDetector(step: 3600, magnitude: magnitude, threshold: Self.threshold)
        length = max(1, 3600 / step)
        recent = RecentMaximum(length: 33)
    }

    mutating func next(_ value: Double) -> Reading {
        sum += value / Double(length)
        count += 1
        guard count == length else {
            var reading = last ?? Reading(score: 0, expected: value, lower: value, upper: value)
            reading.score = 0
            return reading
        }
        var reading = hours.next(sum)
        sum = 0
        count = 0
        heard += 1
        if heard <= Self.warmUp || !recent.isAbove(reading.score) { reading.score = 0 }
        last = reading
        return reading
    }
}
