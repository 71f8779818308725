public import Kernel
public import MetricSeries

/// What is known of a business's metrics, for as far back as rules look.
public struct History: Sendable {
    private let series: [String: [Point]]

    /// Points of each metric in the order of their times.
    public init(_ series: [String: [Point]]) { self.series = series.mapValues { points in points.filter { $0.value.isFinite } } }

    /// All of them.
    func points(_ metric: String) -> ArraySlice<Point> { series[metric]?[...] ?? [] }

    /// The points of a metric behind `from` and up to `through`.
    public func points(_ metric: String, from: Timestamp, through: Timestamp) -> ArraySlice<Point> {
        guard let points = series[metric] else { return [] }
        let start = points.firstBehind(from.microseconds)
        return points[start..<max(start, points.firstBehind(through.microseconds))]
    }
}

extension [Point] {
    /// The first place whose time is later, by halving.
    fileprivate func firstBehind(_ time: Int64) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].time <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
