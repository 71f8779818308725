public import MetricSeries

/// What the points of a window become.
public enum Aggregate: String, Codable, Sendable, Hashable, CaseIterable {
    /// The newest point.
    case last
    case mean, sum, min, max, median
    /// How many points there are; 0 where there is none.
    case count

    /// The value of some points in the order of their times; nil where there is none, but for `count`.
    public func value(of points: ArraySlice<Point>) -> Double? {
        if self == .count { return Double(points.count) }
        guard let last = points.last else { return nil }
        switch self {
        case .last, .count: return last.value
        case .mean: return points.reduce(0) { $0 + $1.value / Double(points.count) }
        case .sum: return points.reduce(0) { $0 + $1.value }
        case .min: return points.reduce(last.value) { Swift.min($0, $1.value) }
        case .max: return points.reduce(last.value) { Swift.max($0, $1.value) }
        case .median: return points.map(\.value).median
        }
    }
}

extension [Double] {
    /// The middle value, or the mean of the two; of nothing it is not a number.
    var median: Double {
        guard !isEmpty else { return .nan }
        let ordered = sorted()
        let middle = ordered.count / 2
        return ordered.count % 2 == 1 ? ordered[middle] : ordered[middle - 1] / 2 + ordered[middle] / 2
    }
}
