/// Which models a series is offered.
enum CandidateSet {
    /// - Parameter periods: the seasons that the series has.
    static func models(for values: [Double], frequency: Frequency, periods: [Double]) -> [any Forecaster] {
        let count = values.count
        let isPositive = values.allSatisfy { $0 > 0 }
        let whole = periods.filter { $0 <= 168 }.map { Int($0.rounded()) }
        let period = whole.first ?? 1
        let smoothed = period <= 24 ? period : 1
        var models: [any Forecaster] = [
            Naive(), DynamicTheta(period: smoothed), ExponentialSmoothing(period: smoothed), ComplexSmoothing(period: smoothed),
        ]
        if IntermittentDemand.fits(values) { models.append(IntermittentDemand()) }
        if period > 1 { models.append(SeasonalNaive(period: period)) }
        if period > 1, period <= 24 { models.append(SeasonalMedian(period: period, seasons: 8)) }
        if period > 1 {
            models.append(
                isPositive
                    ? DecomposedSmoothing(name: "decomposition_of_logarithms", periods: whole, isLogarithmic: true)
                    : DecomposedSmoothing(periods: whole))
        }
        for set in waves(frequency, count, periods) {
            models.append(WaveRegression(waves: set))
            if isPositive { models.append(WaveRegression(name: "regression_of_logarithms", waves: set, isLogarithmic: true)) }
        }
        for (lags, window) in lags(frequency, count, period) {
            models.append(SeasonalAutoregression(name: "autoregression_\(window)", lags: lags, window: window))
        }
        return models
    }

    private static func waves(_ frequency: Frequency, _ count: Int, _ periods: [Double]) -> [[CalendarTerms.Wave]] {
        switch frequency {
        case .hourly: periods.isEmpty ? [] : [[.init(period: 24, count: 8), .init(period: 168, count: 12)]]
        case .daily:
            (periods.isEmpty ? [] : [[.init(period: 7, count: 3)]])
                + (count > 500 ? [(periods.isEmpty ? [] : [.init(period: 7, count: 3)]) + [.init(period: 365.25, count: 6)]] : [])
        case .businessDaily:
            (periods.isEmpty ? [] : [[.init(period: 5, count: 2)]])
                + (count > 360 ? [(periods.isEmpty ? [] : [.init(period: 5, count: 2)]) + [.init(period: 260.9, count: 6)]] : [])
        case .weekly: count > 110 ? [[.init(period: 52.18, count: 8)]] : []
        case .monthly: periods.isEmpty ? [] : [[.init(period: 12, count: 5)]]
        case .quarterly, .yearly: []
        }
    }

    private static func lags(_ frequency: Frequency, _ count: Int, _ period: Int) -> [(lags: [Int], window: Int)] {
        switch frequency {
        case .hourly:
            let days = [48, 72, 96, 120, 144, 167, 168, 169, 192]
            return [(Array(1...25) + days, 24), (Array(1...25) + days + [335, 336, 337], 168)]
        case .daily: return [(Array(1...14) + [21, 28, 35, 42], 7), (Array(1...14) + [21, 28, 35, 42, 49, 56], 28)]
        case .businessDaily: return [(Array(1...10) + [15, 20, 25, 30], 5), (Array(1...10) + [15, 20, 25, 30, 35, 40], 20)]
        case .weekly: return count > 230 ? [([1, 2, 3, 4, 8, 13, 26, 51, 52, 53, 104], 13)] : []
        case .monthly: return [(Array(1...13), 12)]
        case .quarterly: return [(Array(1...5), 4)]
        case .yearly: return [([1, 2], 3)]
        }
    }
}
