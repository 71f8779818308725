/// A seasonal series without its outliers, and what special days did to it.
///
/// Outliers are values far from the median of the same places of the seasons around (Hampel's identifier; Hyndman and Athanasopoulos, section 13.9).
/// They are replaced for the models, which a single bad day at the end would otherwise lead astray; errors are measured on what was really seen.
struct CleanSeries: Sendable {
    let values: [Double]
    let effects: DayEffects

    init(_ series: Series, events: [String: Set<Int>] = [:]) {
        let period = series.period
        guard period > 1, period <= 24, series.count >= 8 * period else {
            values = series.values
            effects = DayEffects()
            return
        }
        let expected = Self.usual(series.values, period: period)
        let levels = ClassicalDecomposition.movingAverage(expected, period: period)
        let rests = zip(series.values, expected).map { $0 - $1 }
        let noise = Spread.deviation(rests)
        guard noise > 0 else {
            values = series.values
            effects = DayEffects()
            return
        }
        effects =
            series.firstDay.map { DayEffects(series.values, rests: rests, levels: levels, noise: noise, firstDay: $0, events: events) }
            ?? DayEffects()
        guard !effects.isEmpty else {
            values = Self.cleaned(series.values, expected, bound: Self.bound * noise)
            return
        }
        // A week of holidays is no new level: they go first, and what is usual is asked again.
        let ordinary = effects.removed(from: series.values, expected, noise: noise)
        values = Self.cleaned(ordinary, Self.usual(ordinary, period: period), bound: Self.bound * noise)
    }

    /// Seasons on each side that say what is usual.
    private static let seasons = 4
    /// Where a rest is an outlier, in units of the usual one.
    private static let bound = 5.0
    /// So many outliers in a row are not errors but a new level.
    private static let run = 4

    /// The median of the same places of the seasons around each value, itself left out.
    static func usual(_ values: [Double], period: Int) -> [Double] {
        var around: [Double] = []
        return values.indices.map { index in
            around.removeAll(keepingCapacity: true)
            for turn in -seasons...seasons where turn != 0 && values.indices.contains(index + turn * period) {
                around.append(values[index + turn * period])
            }
            around.sort()
            return Spread.quantile(around, 0.5)
        }
    }

    private static func cleaned(_ values: [Double], _ expected: [Double], bound: Double) -> [Double] {
        var clean = values
        var index = 0
        while index < values.count {
            var end = index
            while end < values.count, abs(values[end] - expected[end]) > bound, (values[end] > expected[end]) == (values[index] > expected[index]) {
                end += 1
            }
            if end > index, end - index < run {
                for step in index..<end { clean[step] = expected[step] }
            }
            index = max(end, index + 1)
        }
        return clean
    }
}
