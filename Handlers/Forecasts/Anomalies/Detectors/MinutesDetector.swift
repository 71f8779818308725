import Glibc

/// For values every few minutes: a value far from its time of day, or a half-hour or three-hour mean far from where means were, by decaying deviations.
///
/// The largest of the three counts. What lasts is told once: a score that is not above every one of the last day and a half is 0.
struct MinutesDetector: Sendable {
    private struct Window {
        var mean: MovingMean
        var past: SortedWindow
        var deviation: DecayingDeviation
    }

    private var season: SeasonalMedian
    private var long: SortedWindow
    private var deviation: DecayingDeviation
    private var windows: [Window]
    private var recent: RecentMaximum
    private let offset: Double
    private let floor: Double
    private static let thresholds = (value: 5.8, windows: [6.2, 6.2])

    init(step: Int, magnitude: Magnitude) {
        let week = 7 * 86_400 / step
        season = SeasonalMedian(period: 86_400 / step, cycles: 6)
        long = SortedWindow(capacity: week)
        deviation = DecayingDeviation(rate: 1 / Double(week))
        windows = [6, 36].map { length in
            Window(mean: MovingMean(length: length), past: SortedWindow(capacity: 2 * week), deviation: DecayingDeviation(rate: 1 / Double(week)))
        }
        recent = RecentMaximum(length: 120_000 / step)
        offset = 0.1 * magnitude.value
        floor = 1e-3 * magnitude.value
    }

    mutating func next(_ value: Double) -> Reading {
        let root = ((abs(value) + offset).squareRoot() - offset.squareRoot()) * (value < 0 ? -1 : 1)
        let expected = season.expected() ?? long.quantile(0.5) ?? root
        let residual = abs(root - expected)
        let usual = deviation.value + 1e-3 * (offset * 10).squareRoot()
        var score = residual / usual / Self.thresholds.value
        deviation.learn(residual)
        season.learn(root)
        long.insert(root)
        for at in windows.indices {
            let mean = windows[at].mean.mean(with: value)
            let distance = abs(mean - (windows[at].past.quantile(0.5) ?? mean))
            score = max(score, distance / (windows[at].deviation.value + floor) / Self.thresholds.windows[at])
            windows[at].deviation.learn(distance)
            windows[at].past.insert(mean)
        }
        let margin = Self.thresholds.value * usual
        return Reading(
            score: recent.isAbove(score) ? score : 0, expected: raw(expected), lower: raw(expected - margin), upper: raw(expected + margin))
    }

    private func raw(_ root: Double) -> Double {
        let whole = abs(root) + offset.squareRoot()
        return (whole * whole - offset) * (root < 0 ? -1 : 1)
    }
}

/// Whether a value is above all of the last ones.
struct RecentMaximum: Sendable {
    private let length: Int
    /// Falling values, each with its number: only these can still be the largest.
    private var falling: [(number: Int, value: Double)] = []
    private var number = 0

    init(length: Int) { self.length = length }

    mutating func isAbove(_ value: Double) -> Bool {
        while let first = falling.first, first.number < number - length { falling.removeFirst() }
        let result = value > (falling.first?.value ?? 0)
        while let last = falling.last, last.value <= value { falling.removeLast() }
        falling.append((number, value))
        number += 1
        return result
    }
}
