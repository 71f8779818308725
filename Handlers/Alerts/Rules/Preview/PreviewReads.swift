public import Kernel
public import MetricSeries

/// What a preview of a rule reads: of tests of the newest value only the newest point of each step, of all others every point of their windows.
public struct PreviewReads: Sendable {
    /// Points of a metric behind `from` and up to `through`.
    public struct Read: Sendable, Hashable {
        public let metric: String
        public let from: Timestamp
        public let through: Timestamp
        /// Of each stretch of so many seconds the newest point alone; 0: all points.
        public let every: Int
        /// From when on no point may be missing.
        let needed: Timestamp
    }

    /// All that a preview holds, in points.
    public static let points = 100_000

    public let reads: [Read]

    /// Of a preview that goes from one moment up to another; stretches end at `from` and at each step.
    public init(_ condition: Condition, from: Timestamp, to: Timestamp, stepSeconds: Int) {
        var reads: [Read] = []
        for metric in condition.metrics {
            let leaves = condition.leaves.filter { $0.metric == metric }
            let whole = leaves.filter { $0.use != .newest }
            var start = to
            if let longest = whole.map(\.lookback).max() {
                start = from.back(longest)
                // What is learned from is cut as evaluations cut it.
                let window = whole.filter { $0.use == .window }.map(\.lookback).max() ?? 0
                reads.append(Read(metric: metric, from: start, through: to, every: 0, needed: from.back(window)))
            }
            let newest = leaves.filter { $0.use == .newest }
            if let longest = newest.map(\.lookback).max(), from.back(longest) < start {
                // Windows that follow each other end at a step less their length.
                let stretch = newest.reduce(stepSeconds) { width, leaf in
                    if case .change(let test) = leaf { width.commonDivisor(test.windowSeconds) } else { width }
                }
                let first = from.back(longest)
                reads.append(Read(metric: metric, from: first, through: start, every: stretch, needed: first))
            }
        }
        self.reads = reads
    }

    /// The most points of one read; one more is asked for, so that it shows where some are missing.
    public var most: Int { Self.points / max(reads.count, 1) }

    /// The history of all points that came, by the places of the reads. Throws `VALIDATION_ERROR` where the range needs more of a metric than may be read.
    public func history(_ points: [[Point]]) throws(AppError) -> History {
        var series: [String: [Point]] = [:]
        for (read, points) in zip(reads, points) {
            if points.count > most, let first = points.first, first.time > read.needed.microseconds {
                throw AppError.invalid(
                    "from", "expected a range with at most \(most) values of \(read.metric); take a later one, a longer step or a shorter window")
            }
            series[read.metric, default: []] += points
        }
        return History(series.mapValues { $0.sorted { $0.time < $1.time } })
    }
}

extension Int {
    /// The greatest one (Euclid, Elements VII.2).
    fileprivate func commonDivisor(_ other: Int) -> Int {
        var (a, b) = (self, other)
        while b != 0 { (a, b) = (b, a % b) }
        return a
    }
}
