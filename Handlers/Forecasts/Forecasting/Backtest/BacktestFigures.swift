/// How well the combined forecast did at the rolling origins of a series' own last part.
///
/// Each origin is forecast by models that were weighed without it, and its bands are made without it. The constants of the models were found at the
/// first origin, on what was known there.
public struct BacktestFigures: Sendable, Hashable {
    /// Origins that were forecast from.
    public let origins: Int
    /// Mean of |y − ŷ|, in the series' unit.
    public private(set) var meanAbsoluteError: Double
    /// Sum of |y − ŷ| as a share of the sum of |y|; nil where all of it is nothing.
    public let weightedError: Double?
    /// The mean absolute error as a share of that of the seasonal naive method one season ahead, over the whole series (MASE; Hyndman and Koehler,
    /// International Journal of Forecasting 22, 2006); nil where that is nothing.
    public let scaledError: Double?
    /// The share of values inside of the 80 % band; nil with a single origin, without which no band is known.
    public let coverage80: Double?
    /// The share of values inside of the 95 % band.
    public let coverage95: Double?

    /// - Parameters:
    ///   - errors: what was seen less what was said, one list an origin.
    ///   - even: the same at today's level, without what a place of the season does to them.
    init?(_ values: [Double], origins: Origins, errors: [[Double]], even: [[Double]], stepError: Double, period: Int) {
        let all = errors.flatMap(\.self)
        guard !all.isEmpty else { return nil }
        self.origins = errors.count
        let sum = all.reduce(0) { $0 + abs($1) }
        meanAbsoluteError = sum / Double(all.count)
        var size = 0.0
        for (count, list) in zip(origins.counts, errors) {
            for step in list.indices { size += abs(values[count + step]) }
        }
        weightedError = size > 0 ? sum / size : nil
        let lag = values.count > period ? period : 1
        let naive = Spread.mean(zip(values.dropFirst(lag), values).map { abs($0 - $1) })
        scaledError = naive > 0 ? meanAbsoluteError / naive : nil
        guard even.count > 1 else {
            (coverage80, coverage95) = (nil, nil)
            return
        }
        var (inside80, inside95) = (0.0, 0.0)
        for left in even.indices {
            let others = even.indices.filter { $0 != left }
            let known = Origins(counts: others.map { origins.counts[$0] })
            let horizon = even[left].count
            let bands = ConformalBands(
                errors: others.map { even[$0] }, horizon: horizon, stepError: stepError, independent: known.independent(horizon))
            for (step, error) in even[left].enumerated() {
                inside80 += abs(error) <= bands.half80[step] ? 1 : 0
                inside95 += abs(error) <= bands.half95[step] ? 1 : 0
            }
        }
        coverage80 = inside80 / Double(all.count)
        coverage95 = inside95 / Double(all.count)
    }

    mutating func scale(by unit: Double) { meanAbsoluteError = min(meanAbsoluteError * unit, .greatestFiniteMagnitude) }
}
