/// Seasonal indices by ratios or differences to a centred moving average.
///
/// Hyndman and Athanasopoulos, section 3.4. Only whole periods.
struct ClassicalDecomposition: Sendable {
    /// One index a place of the season, from the series' first value on; their mean is 1 (multiplicative) or 0.
    let indices: [Double]
    let isMultiplicative: Bool

    /// Nil where the series has fewer than two seasons, or ratios make no sense.
    init?(_ values: [Double], period: Int, isMultiplicative: Bool) {
        guard period > 1, values.count >= 2 * period else { return nil }
        if isMultiplicative, values.contains(where: { $0 <= 0 }) { return nil }
        let trend = Self.movingAverage(values, period: period)
        let reach = period / 2
        var found: [Double] = []
        for place in 0..<period {
            var sum = 0.0
            var count = 0.0
            for index in stride(from: place, to: values.count, by: period) where index >= reach && index < values.count - reach {
                sum += isMultiplicative ? values[index] / trend[index] : values[index] - trend[index]
                count += 1
            }
            guard count > 0 else { return nil }
            found.append(sum / count)
        }
        let mean = Spread.mean(found)
        let indices = found.map { isMultiplicative ? $0 / mean : $0 - mean }
        guard indices.allSatisfy({ $0.isFinite && (!isMultiplicative || $0 > 0.01) }) else { return nil }
        self.indices = indices
        self.isMultiplicative = isMultiplicative
    }

    /// The series without its season.
    func adjusted(_ values: [Double]) -> [Double] {
        let period = indices.count
        return values.indices.map { isMultiplicative ? values[$0] / indices[$0 % period] : values[$0] - indices[$0 % period] }
    }

    /// Puts the season back on what stands at some place of the series.
    func restored(_ value: Double, at index: Int) -> Double {
        isMultiplicative ? value * indices[index % indices.count] : value + indices[index % indices.count]
    }

    /// Centred over one season, the two ends at half weight where the period is even; the ends of the series stay as they are.
    static func movingAverage(_ values: [Double], period: Int) -> [Double] {
        var smooth = values
        let reach = period / 2
        guard values.count > 2 * reach else { return values }
        for index in reach..<values.count - reach {
            var sum = 0.0
            for step in index - reach...index + reach { sum += values[step] }
            if period.isMultiple(of: 2) { sum -= 0.5 * (values[index - reach] + values[index + reach]) }
            smooth[index] = sum / Double(period)
        }
        return smooth
    }
}
