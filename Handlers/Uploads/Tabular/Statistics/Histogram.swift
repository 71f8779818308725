/// One bar of a histogram.
public struct HistogramBin: Sendable, Hashable, Codable {
    /// Where it begins, included.
    public let from: Double
    /// Where it ends: excluded, but included in the last one.
    public let to: Double
    /// How many values lie in it; about, where the quantiles are not exact.
    public let count: Int
}

/// Bars of equal width.
enum Histogram {
    /// Bars over the whole range: as many as Sturges' rule says (1926, "The choice of a class interval"), at most 20. Empty where there is no value.
    static func bins(_ moments: Moments, _ sample: SortedSample) -> [HistogramBin] {
        guard moments.count > 0 else { return [] }
        let (least, greatest) = (moments.least, moments.greatest)
        guard greatest > least, (greatest - least).isFinite else { return [HistogramBin(from: least, to: greatest, count: moments.count)] }
        let count = min(20, 1 + Int.bitWidth - (moments.count - 1).leadingZeroBitCount)
        let width = (greatest - least) / Double(count)
        var bins: [HistogramBin] = []
        var below = 0
        var from = least
        for index in 1...count {
            let to = index == count ? greatest : least + width * Double(index)
            let upTo = index == count ? moments.count : max(below, sample.rank(to.nextDown))
            bins.append(HistogramBin(from: from, to: to, count: upTo - below))
            below = upTo
            from = to
        }
        return bins
    }
}
