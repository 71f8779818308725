/// Numbers in one pass: their moments and their quantiles. Mergeable.
public struct Distribution: Sendable {
    /// Count, sum, mean, deviation, least and greatest.
    public private(set) var moments = Moments()
    private(set) var sketch: QuantileSketch

    /// - Parameter size: of the ``QuantileSketch``.
    public init(size: Int = 2048) { sketch = QuantileSketch(size: size) }

    /// How many numbers there were.
    public var count: Int { moments.count }

    /// Adds a finite number.
    @inline(__always)
    public mutating func add(_ value: Double) {
        moments.add(value)
        sketch.add(value)
    }

    /// Adds what another one has seen.
    public mutating func merge(_ other: Distribution) {
        guard other.count > 0 else { return }
        moments.merge(other.moments)
        sketch.merge(other.sketch)
    }

    /// Median, quantiles and a histogram.
    public func quantiles() -> SortedSample { sketch.sorted() }
}
