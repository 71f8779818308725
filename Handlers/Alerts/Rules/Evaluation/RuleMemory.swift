import Anomalies
import Kernel
import MetricSeries

/// What was reckoned on the way, so that several evaluations of the same history reckon it once.
public struct RuleMemory: Sendable {
    /// What forecasts said; may be kept from one evaluation to the next.
    public var bands: ForecastBands
    /// The readings of each metric's whole history.
    private var scans: [String: AnomalyScan] = [:]

    public init(bands: ForecastBands = ForecastBands()) { self.bands = bands }

    /// What of a metric is most unusual on the sides that count, of the newest values at a moment; nil where too little is known.
    mutating func worst(of metric: String, at slot: Timestamp, _ history: History, _ direction: Direction) -> AnomalyScan.Worst? {
        if scans[metric] == nil { scans[metric] = AnomalyScan(history.points(metric)) }
        return scans[metric]?.worst(at: slot, direction)
    }
}

/// The verdicts of the detector of anomalies on one metric's history. Each looks at the values before it alone.
struct AnomalyScan: Sendable {
    struct Worst: Sendable {
        var value: Double
        var score: Double
        /// What the detector says of it.
        var words: String
    }

    private struct Reading: Sendable {
        let point: Point
        let score: Double
        let isAbove: Bool
        let words: String
    }

    /// Without those that the detector only learned from.
    private let readings: [Reading]
    /// Between two values, in seconds.
    private let step: Int

    /// At most so many steps of a gap are told to the detector.
    private static let longestGap = 1000

    init(_ points: ArraySlice<Point>) {
        let step = max(1, points.usualStep)
        self.step = step
        var detector = AnomalyDetector(step: step)
        var readings: [Reading] = []
        var before: Point?
        for (index, point) in points.enumerated() {
            if let before {
                let missed = Int((point.time - before.time) / 1_000_000) / step - 1
                for _ in 0..<min(max(missed, 0), Self.longestGap) { _ = detector.next(nil) }
            }
            let verdict = detector.next(point.value)
            before = point
            guard index >= AnomalyDetector.warmUp else { continue }
            readings.append(
                Reading(
                    point: point, score: verdict.score, isAbove: point.value >= verdict.expected,
                    words: verdict.isAnomaly ? verdict.explanation(of: point.value) ?? "" : ""))
        }
        self.readings = readings
    }

    /// Of the newest value, and where values come more often than each hour of all of the hour that ends with it: what is judged by the hour is told with
    /// the hour's last value. Nil where the newest value is older than three steps, and three hours.
    func worst(at slot: Timestamp, _ direction: Direction) -> Worst? {
        let end = readings.countInFront { $0.point.time <= slot.microseconds }
        guard end > 0 else { return nil }
        let newest = readings[end - 1].point.time
        let second: Int64 = 1_000_000
        guard slot.microseconds - newest <= Int64(max(3 * step, 3 * 3600)) * second else { return nil }
        let start = newest - Int64(max(step, 3600)) * second
        var worst: Worst?
        for reading in readings[..<end].reversed() {
            guard reading.point.time > start else { break }
            let counts = direction == .either || (direction == .above) == reading.isAbove
            let score = counts ? reading.score : 0
            if worst.map({ score > $0.score }) ?? true { worst = Worst(value: reading.point.value, score: score, words: reading.words) }
        }
        return worst
    }
}

extension ArraySlice<Point> {
    /// The usual distance of the newest values, in whole seconds: the median of at most 500; 0 of fewer than two.
    var usualStep: Int {
        let newest = suffix(501)
        let steps = zip(newest.dropFirst(), newest).map { Double($0.time - $1.time) / 1_000_000 }
        return steps.isEmpty ? 0 : Int(steps.median.rounded())
    }
}

extension Array {
    /// How many of the elements fulfil a condition that all in front fulfil and none behind does, by halving.
    fileprivate func countInFront(_ isInFront: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isInFront(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
