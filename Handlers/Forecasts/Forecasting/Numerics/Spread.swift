/// What says where numbers lie and how far apart, without being led astray by a few of them.
enum Spread {
    static func mean(_ values: some Collection<Double>) -> Double {
        values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }

    static func median(_ values: some Collection<Double>) -> Double { quantile(values.sorted(), 0.5) }

    /// The quantile of ordered numbers, interpolated between the two nearest (type 7 of Hyndman and Fan 1996). 0 of none.
    static func quantile(_ ordered: [Double], _ share: Double) -> Double {
        guard let last = ordered.last else { return 0 }
        let place = share * Double(ordered.count - 1)
        let index = Int(place)
        guard index + 1 < ordered.count else { return last }
        return ordered[index] + (place - Double(index)) * (ordered[index + 1] - ordered[index])
    }

    /// 1.4826 times the median distance from the median: the standard deviation of normal numbers.
    static func deviation(_ values: some Collection<Double>) -> Double {
        let middle = median(values)
        return 1.4826 * median(values.map { abs($0 - middle) })
    }
}
