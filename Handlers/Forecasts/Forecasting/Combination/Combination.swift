import Glibc

/// Weights of models by how well each forecast the series' own past.
///
/// Bates and Granger, "The combination of forecasts", Operational Research Quarterly 20 (1969): inversely to the errors, here to a power of the
/// mean absolute error. A model that fails on a series fades out; where nothing is known all weigh alike.
struct Combination: Sendable {
    let weights: [Double]

    init(errors: [Double?], power: Double) {
        let known = errors.compactMap(\.self)
        guard known.count == errors.count, let best = known.min(), !known.isEmpty else {
            weights = errors.map { _ in 1 / Double(max(errors.count, 1)) }
            return
        }
        let floor = max(best, 1e-12)
        let raw = known.map { pow(floor / max($0, floor), power) }
        let total = raw.reduce(0, +)
        weights = raw.map { $0 / total }
    }

    func mean(_ forecasts: [[Double]]) -> [Double] {
        guard let first = forecasts.first else { return [] }
        var sum = [Double](repeating: 0, count: first.count)
        for (weight, forecast) in zip(weights, forecasts) where weight > 0 {
            for step in sum.indices { sum[step] += weight * forecast[step] }
        }
        return sum
    }

    /// Halfway between mean and weighted median: a model that runs away moves the second little.
    func centre(_ forecasts: [[Double]]) -> [Double] {
        var result = mean(forecasts)
        var order = Array(forecasts.indices)
        for step in result.indices {
            order.sort { (forecasts[$0][step], $0) < (forecasts[$1][step], $1) }
            var sum = 0.0
            let middle = order.first { model in
                sum += weights[model]
                return sum >= 0.5
            }
            if let middle { result[step] = 0.5 * (result[step] + forecasts[middle][step]) }
        }
        return result
    }
}
