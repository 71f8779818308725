import Glibc

/// Complex exponential smoothing: level and information potential are one complex number, so that trend and level need not be told apart.
///
/// Svetunkov, Kourentzes and Ord, "Complex exponential smoothing", Naval Research Logistics 69 (2022), equations 15–17 and 33–36.
/// With e = y − (ℓ + s): ℓ ← ℓ − (1 − α₁)c + (α₀ − α₁)e, c ← ℓ + (1 − α₀)c + (α₀ + α₁)e.
/// Simple season: ℓ and c of one season before. Partial: s ← s + βe. Full: the season is a second complex number with β₀, β₁.
struct ComplexSmoothing: Forecaster {
    enum Form: String, Sendable, CaseIterable { case none, simple, partial, full }

    let name = "complex_smoothing"
    let period: Int
    private(set) var form = Form.none
    /// α₀, α₁ and for a season β₀, β₁.
    private(set) var constants: [Double] = [1.3, 1]

    init(period: Int) { self.period = period }

    mutating func fit(_ series: Series) {
        let values = series.recent().values
        guard values.count > 4 else { return }
        var best = Double.infinity
        let forms: [Form] = period > 1 && values.count >= 3 * period ? [.none, .simple, .partial, .full] : [.none]
        for candidate in forms {
            let from: [Double]
            switch candidate {
            case .none, .simple: from = [1.3, 1]
            case .partial: from = [1.3, 1, 0.1]
            case .full: from = [1.3, 1, 1.3, 1]
            }
            guard let start = ComplexRun(values, candidate, period: period) else { continue }
            var run = start
            let found = NelderMead(evaluations: 60 + 30 * from.count, tolerance: 1e-4).minimize(
                from: from, steps: from.map { $0 == 0.1 ? 0.2 : -0.2 }
            ) { point in
                guard point[0] > 0.01, point[0] < 1.8, point[1] > 0.01, point[1] < 1.9 else { return .infinity }
                if candidate == .partial, point[2] < 0 || point[2] > 0.99 { return .infinity }
                if candidate == .full, point[2] < 0.01 || point[2] > 1.8 || point[3] < 0.01 || point[3] > 1.9 { return .infinity }
                run.restore(start)
                return run.squares(values, point)
            }
            guard found.value.isFinite else { continue }
            let states = candidate == .none ? 2 : candidate == .partial ? 2 + period : candidate == .simple ? 2 * period : 2 + 2 * period
            let parameters = Double(from.count + states + 1)
            let count = Double(values.count)
            let correction = count > parameters + 1 ? 2 * parameters * (parameters + 1) / (count - parameters - 1) : 1e9
            let criterion = count * log(max(found.value, 1e-300) / count) + 2 * parameters + correction
            if criterion < best { (best, form, constants) = (criterion, candidate, found.point) }
        }
    }

    func forecast(_ series: Series, horizon: Int) -> [Double] {
        guard series.count > 4, var run = ComplexRun(series.values, form, period: period), run.squares(series.values, constants).isFinite
        else { return Naive().forecast(series, horizon: horizon) }
        return run.forecast(horizon, constants)
    }
}
