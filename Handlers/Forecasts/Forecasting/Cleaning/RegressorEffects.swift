/// Something that is known of days and may move a series: the weather, prices, visitors of a fair.
public struct Regressor: Sendable {
    /// For example `temperature`.
    public let name: String
    /// By days since 1970-01-01; past ones, and as far ahead as is known.
    public let values: [Int: Double]

    /// A regressor; what is no finite number is left out.
    public init(name: String, values: [Int: Double]) {
        self.name = name
        self.values = values.filter { $0.value.isFinite }
    }
}

/// What regressors do to a daily series: how far a day is off its usual, by how far the regressor is off its own.
///
/// A least-squares slope through nothing, of one regressor after the other, on differences from the days around (so that a season that both have says
/// nothing; the theorem of Frisch, Waugh and Lovell). Believed from four standard errors on and where both halves of the series say the same, by
/// 1 − 4/t² (the rule of James and Stein, "Estimation with quadratic loss", 1961).
struct RegressorEffects: Sendable {
    private struct Effect {
        let regressor: Regressor
        let slope: Double
        /// The usual value where the series ends, and how far days lie around it.
        let usual: Double
        let spread: Double
    }

    private var effects: [Effect] = []
    /// What they did to each value.
    private(set) var moves: [Double]

    init(_ values: [Double], firstDay: Int?, regressors: [Regressor]) {
        moves = Array(repeating: 0, count: values.count)
        guard let firstDay, values.count >= Self.fewest, !regressors.isEmpty else { return }
        var rests = zip(values, CleanSeries.usual(values, period: 7)).map { $0 - $1 }
        // A few days that are off for other reasons say no more than the next ones.
        let ordered = rests.sorted()
        let (lowest, highest) = (Spread.quantile(ordered, 0.01), Spread.quantile(ordered, 0.99))
        rests = rests.map { min(max($0, lowest), highest) }
        for regressor in regressors {
            let known = values.indices.map { regressor.values[firstDay + $0] }
            let differences = Self.differences(known)
            guard let slope = Self.slope(rests, differences) else { continue }
            let last = known.suffix(Self.window).compactMap(\.self)
            effects.append(
                Effect(
                    regressor: regressor, slope: slope, usual: Spread.mean(last),
                    spread: Spread.mean(differences.compactMap { $0.map { $0 * $0 } }).squareRoot()))
            for (index, difference) in differences.enumerated() {
                let move = slope * (difference ?? 0)
                moves[index] += move
                rests[index] -= move
            }
        }
    }

    var isEmpty: Bool { effects.isEmpty }

    /// What they will do to the days behind a series, and how far a day may be moved by what is not known of it.
    func ahead(_ horizon: Int, behind day: Int) -> [(move: Double, doubt: Double)] {
        (1...max(horizon, 1)).map { step in
            var (move, doubt) = (0.0, 0.0)
            for effect in effects {
                if let value = effect.regressor.values[day + step] {
                    move += effect.slope * (value - effect.usual)
                } else {
                    doubt += effect.slope * effect.slope * effect.spread * effect.spread
                }
            }
            return (move, doubt.squareRoot())
        }
    }

    /// Days that both must be known on.
    private static let fewest = 90
    /// Days on which the usual value of a regressor is looked at.
    private static let window = 29

    /// How far a regressor is off its mean of two weeks before and behind; nil where it is not known.
    private static func differences(_ known: [Double?]) -> [Double?] {
        known.indices.map { index in
            guard let value = known[index] else { return nil }
            let around = known[max(0, index - window / 2)...min(known.count - 1, index + window / 2)].compactMap(\.self)
            return value - Spread.mean(around)
        }
    }

    private static func slope(_ rests: [Double], _ differences: [Double?]) -> Double? {
        let pairs = zip(rests, differences).compactMap { rest, difference in difference.map { (rest, $0) } }
        guard pairs.count >= fewest, let whole = fit(pairs), abs(whole.t) >= 4 else { return nil }
        for half in [pairs.prefix(pairs.count / 2), pairs.suffix(pairs.count / 2)] {
            guard let part = fit(Array(half)), part.slope * whole.slope > 0, abs(part.t) >= 1.5 else { return nil }
        }
        return whole.slope * (1 - 4 / (whole.t * whole.t))
    }

    private static func fit(_ pairs: [(Double, Double)]) -> (slope: Double, t: Double)? {
        let square = pairs.reduce(0) { $0 + $1.1 * $1.1 }
        guard square > 0 else { return nil }
        let slope = pairs.reduce(0) { $0 + $1.0 * $1.1 } / square
        let rest = pairs.reduce(0) { $0 + ($1.0 - slope * $1.1) * ($1.0 - slope * $1.1) } / Double(pairs.count - 1)
        guard rest > 0 else { return nil }
        return (slope, slope / (rest / square).squareRoot())
    }
}
