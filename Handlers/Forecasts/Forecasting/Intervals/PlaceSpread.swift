/// How far errors reach at each place of a season, against all of them: weekends may be surer than Mondays.
///
/// The mean absolute error of a place, drawn to the mean of all as if that had been seen some times more, so that few errors say little.
struct PlaceSpread: Sendable {
    private let factors: [Double]

    /// - Parameter errors: one list an origin, from the step behind its count on.
    init(_ errors: [[Double]], origins: [Int], period: Int) {
        var sums = [Double](repeating: 0, count: max(period, 1))
        var counts = sums
        for (origin, list) in zip(origins, errors) {
            for (step, error) in list.enumerated() {
                sums[(origin + step) % sums.count] += abs(error)
                counts[(origin + step) % sums.count] += 1
            }
        }
        let total = counts.reduce(0, +)
        let mean = total > 0 ? sums.reduce(0, +) / total : 0
        factors = sums.indices.map { mean > 0 ? (sums[$0] + Self.weight * mean) / (counts[$0] + Self.weight) / mean : 1 }
    }

    /// The factor at an index of the series, or behind it.
    func factor(at index: Int) -> Double { factors[index % factors.count] }

    private static let weight = 15.0
}
