/// Whether a season is there: how far the places of a season lie apart, against how far values of one place do.
///
/// The F statistic of one-way analysis of variance (Fisher) on the differences from a centred moving average. Pure noise gives about 1.
enum SeasonStrength {
    static func of(_ values: [Double], period: Int) -> Double {
        let reach = period / 2
        guard period > 1, values.count >= 2 * period + 2 * reach else { return 0 }
        let trend = ClassicalDecomposition.movingAverage(values, period: period)
        var sums = [Double](repeating: 0, count: period)
        var counts = sums
        for index in reach..<values.count - reach {
            sums[index % period] += values[index] - trend[index]
            counts[index % period] += 1
        }
        let total = sums.reduce(0, +) / counts.reduce(0, +)
        var between = 0.0
        for place in 0..<period { between += counts[place] * (sums[place] / counts[place] - total) * (sums[place] / counts[place] - total) }
        var within = 0.0
        for index in reach..<values.count - reach {
            let rest = values[index] - trend[index] - sums[index % period] / counts[index % period]
            within += rest * rest
        }
        let freedom = Double(max(1, values.count - 2 * reach - period))
        guard between > 0 else { return 0 }
        return within > 0 ? between / Double(period - 1) / (within / freedom) : .infinity
    }
}
