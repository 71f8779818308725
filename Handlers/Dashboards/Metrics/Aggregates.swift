/// A whole range of one metric, summed up. Nil where the range holds no point.
public struct Aggregates: Sendable, Hashable {
    public let count: Int64
    public let sum: Double
    public let min: Double
    public let max: Double
    /// The value of the earliest point.
    public let first: Double
    /// The value of the latest.
    public let last: Double

    public var mean: Double { sum / Double(count) }

    /// Of ordered points.
    public init?(_ points: [Point]) {
        guard let first = points.first, let last = points.last else { return nil }
        var sum = 0.0
        var min = first.value
        var max = first.value
        for point in points {
            sum += point.value
            if point.value < min { min = point.value }
            if point.value > max { max = point.value }
        }
        self.init(count: Int64(points.count), sum: sum, min: min, max: max, first: first.value, last: last.value)
    }

    /// Of ordered buckets, with the values at the two ends, which no bucket knows.
    public init?(_ buckets: [Bucket], first: Double, last: Double) {
        guard let some = buckets.first else { return nil }
        self.init(
            count: buckets.reduce(0) { $0 + $1.count }, sum: buckets.reduce(0) { $0 + $1.sum },
            min: buckets.reduce(some.min) { Swift.min($0, $1.min) }, max: buckets.reduce(some.max) { Swift.max($0, $1.max) },
            first: first, last: last)
    }

    private init(count: Int64, sum: Double, min: Double, max: Double, first: Double, last: Double) {
        self.count = count
        self.sum = sum
        self.min = min
        self.max = max
        self.first = first
        self.last = last
    }
}
