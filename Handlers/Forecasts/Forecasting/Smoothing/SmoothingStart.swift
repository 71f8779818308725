/// Where a smoothing begins: season by classical decomposition of the first seasons, level and trend by a line through the first values
/// without their season (Hyndman et al. 2008, section 2.6.1).
enum SmoothingStart {
    /// Nil where a season is wanted that the series is too short for or whose ratios make no sense.
    static func state(_ values: [Double], _ form: SmoothingForm, period: Int) -> SmoothingState? {
        var season: [Double] = []
        var adjusted = Array(values.prefix(max(10, 2 * period)))
        if form.season != .none {
            let first = Array(values.prefix(5 * period))
            guard let parts = ClassicalDecomposition(first, period: period, isMultiplicative: form.season == .multiplicative) else { return nil }
            season = parts.indices
            adjusted = parts.adjusted(adjusted)
        }
        let count = min(adjusted.count, max(10, form.season == .none ? 10 : period))
        let (level, slope) = line(Array(adjusted.prefix(count)))
        if form.trend == .none { return SmoothingState(level: Spread.mean(adjusted.prefix(count)), trend: 0, season: season) }
        if form.isRelative, level <= 0 { return SmoothingState(level: max(adjusted[0], 1e-3 * Spread.mean(adjusted)), trend: 0, season: season) }
        return SmoothingState(level: level, trend: slope, season: season)
    }

    /// The line through values by least squares: its height one step before the first, and its slope.
    static func line(_ values: [Double]) -> (before: Double, slope: Double) {
        let count = Double(values.count)
        guard values.count > 1 else { return (values.first ?? 0, 0) }
        var cross = 0.0
        let middle = (count + 1) / 2
        for (index, value) in values.enumerated() { cross += (Double(index + 1) - middle) * value }
        let slope = cross / (count * (count * count - 1) / 12)
        return (Spread.mean(values) - slope * middle, slope)
    }
}
