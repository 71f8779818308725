public import Kernel
public import MetricSeries

/// Points of a metric that are read: the newest of those behind `from` and up to `through`.
public struct MetricRead: Sendable, Hashable {
    /// What they are for; points of one use are never mixed with those of another.
    public enum Use: Sendable, Hashable, CaseIterable {
        /// The newest point of a stretch.
        case newest
        /// All points of a window.
        case window
        /// What forecasts learn from.
        case forecast
        /// What the detector of anomalies learns from.
        case anomaly
    }

    public let metric: String
    public let use: Use
    /// Open.
    public let from: Timestamp
    /// Closed.
    public let through: Timestamp
    /// At most so many, the newest.
    public let most: Int
}

extension Condition {
    /// How many points of a window count: the newest. More than a value a minute for 60 days.
    public static let windowPoints = 100_000
    /// How many points forecasts and the detector of anomalies learn from: the newest.
    public static let learnedPoints = 20_000

    var use: MetricRead.Use {
        switch self {
        case .threshold(let test): test.aggregate ?? .last == .last ? .newest : .window
        case .change(let test): test.aggregate ?? .last == .last ? .newest : .window
        case .forecast: .forecast
        case .anomaly: .anomaly
        case .noData, .all, .any, .not: .newest
        }
    }
}

/// All tests of one metric of one business, looked at together: each point is read once for all of them, and no more points than they need.
public struct MetricTests: Sendable {
    public let metric: String
    public private(set) var tests: [Condition] = []

    public init(_ metric: String) { self.metric = metric }

    /// A leaf of a condition that looks at this metric; the same one twice counts once.
    public mutating func add(_ leaf: Condition) {
        if !tests.contains(leaf) { tests.append(leaf) }
    }

    /// What a look at a moment reads.
    public func reads(at slot: Timestamp) -> [MetricRead] {
        var reads: [MetricRead] = []
        func add(_ use: MetricRead.Use, _ from: Timestamp, _ through: Timestamp, _ most: Int) {
            let read = MetricRead(metric: metric, use: use, from: from, through: through, most: most)
            if !reads.contains(read) { reads.append(read) }
        }
        for test in tests where test.use == .newest {
            if case .change(let change) = test {
                let middle = slot.back(change.windowSeconds)
                add(.newest, middle.back(change.windowSeconds), middle, 1)
                add(.newest, middle, slot, 1)
            } else {
                add(.newest, slot.back(test.lookback), slot, 1)
            }
        }
        if let longest = tests.filter({ $0.use == .window }).map(\.lookback).max() {
            add(.window, slot.back(longest), slot, Condition.windowPoints)
        }
        for test in tests where test.use == .forecast || test.use == .anomaly {
            add(test.use, slot.back(test.lookback), slot, Condition.learnedPoints)
        }
        return reads
    }

    /// How each test stands: while the alert does not fire, and while it does. `points` are those of ``reads(at:)``, each list in the order of its times.
    public func verdicts(
        at slot: Timestamp, _ points: [MetricRead: [Point]], _ memory: inout RuleMemory
    ) -> [Condition: (calm: Verdict, firing: Verdict)] {
        var histories: [MetricRead.Use: History] = [:]
        for (use, reads) in Dictionary(grouping: points, by: \.key.use) {
            // Stretches that overlap have their newest points in common.
            let all = reads.flatMap(\.value).sorted { $0.time < $1.time }
            let distinct = all.enumerated().filter { $0 == 0 || all[$0 - 1].time != $1.time }.map(\.element)
            histories[use] = History([metric: distinct])
        }
        var verdicts: [Condition: (calm: Verdict, firing: Verdict)] = [:]
        for test in tests {
            let history = histories[test.use] ?? History([:])
            verdicts[test] = (
                test.verdict(at: slot, history, isFiring: false, &memory), test.verdict(at: slot, history, isFiring: true, &memory)
            )
        }
        return verdicts
    }
}
