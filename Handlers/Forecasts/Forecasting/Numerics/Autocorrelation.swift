/// How a series resembles itself some steps before.
enum Autocorrelation {
    /// r₁ … r_lags; nothing where the series is flat.
    static func of(_ values: [Double], lags: Int) -> [Double] {
        let mean = Spread.mean(values)
        let centred = values.map { $0 - mean }
        let total = centred.reduce(0) { $0 + $1 * $1 }
        guard total > 0, values.count > lags else { return [] }
        return (1...max(1, lags)).map { lag in
            var sum = 0.0
            for index in lag..<centred.count { sum += centred[index] * centred[index - lag] }
            return sum / total
        }
    }

    /// Whether the value one season before says more than chance would: |r_m| above 1.645 of its standard error (Bartlett's formula), as the
    /// M4 competition tests for it. False with fewer than three seasons.
    static func isSeasonal(_ values: [Double], period: Int) -> Bool {
        guard period > 1, values.count >= 3 * period else { return false }
        let found = of(values, lags: period)
        guard let last = found.last else { return false }
        let noise = 1 + 2 * found.dropLast().reduce(0) { $0 + $1 * $1 }
        return abs(last) > 1.645 * (noise / Double(values.count)).squareRoot()
    }
}
