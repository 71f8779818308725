/// Values on their way to the database: at most one of each series and time, since one statement may not store two.
public struct ValueMerge: Sendable {
    /// Numbers from ``SeriesTable``.
    public private(set) var series: [Int32] = []
    /// Microseconds since 1970-01-01T00:00:00Z.
    public private(set) var times: [Int64] = []
    public private(set) var values: [Double] = []
    /// How many values of the file each stands for.
    public private(set) var counts: [Int64] = []
    /// What becomes of several values of one series at one time.
    public let aggregation: Aggregation
    /// Whether each entry lies behind the one before in its series: then no two meet.
    private var isOrdered = true
    private var newest: [Int64] = []

    /// Whether each value lies behind all that came before it in its series, those that were taken included: then none of them was stored before.
    public var isFresh: Bool { isOrdered }

    public init(_ aggregation: Aggregation) { self.aggregation = aggregation }

    public var count: Int { series.count }

    /// Adds a value of the file, in the file's order.
    @inline(__always)
    public mutating func add(_ number: Int32, _ time: Int64, _ value: Double) {
        let place = Int(number)
        if place >= newest.count { newest.append(contentsOf: repeatElement(.min, count: place + 1 - newest.count)) }
        if newest[place] >= time { isOrdered = false } else { newest[place] = time }
        series.append(number)
        times.append(time)
        values.append(aggregation == .count ? 1 : value)
        counts.append(1)
    }

    /// Lets no series have two values at one time, and empties itself. The order is that of series and time where some met.
    public mutating func take() -> ValueMerge {
        var full = self
        self = ValueMerge(aggregation)
        newest = full.newest
        if !full.isOrdered { full.merge() }
        return full
    }

    private mutating func merge() {
        let order = series.indices.sorted { (series[$0], times[$0], $0) < (series[$1], times[$1], $1) }
        var kept = ValueMerge(aggregation)
        kept.reserve(count)
        kept.isOrdered = false
        var at = 0
        while at < order.count {
            let first = order[at]
            var partial = Aggregation.Partial(value: values[first], count: counts[first])
            at += 1
            while at < order.count, series[order[at]] == series[first], times[order[at]] == times[first] {
                partial = aggregation.merged(partial, .init(value: values[order[at]], count: counts[order[at]]))
                at += 1
            }
            kept.series.append(series[first])
            kept.times.append(times[first])
            kept.values.append(partial.value)
            kept.counts.append(partial.count)
        }
        self = kept
    }

    private mutating func reserve(_ count: Int) {
        series.reserveCapacity(count)
        times.reserveCapacity(count)
        values.reserveCapacity(count)
        counts.reserveCapacity(count)
    }
}
