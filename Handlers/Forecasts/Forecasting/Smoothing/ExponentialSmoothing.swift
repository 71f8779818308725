import Glibc

/// Exponential smoothing whose form the series chooses by the corrected Akaike criterion.
///
/// Hyndman et al. 2008, chapters 2, 5 and 7. The forms are those that forecast stably: additive errors with an additive season, relative
/// errors with a multiplicative one, each with no, a linear or a damped trend.
struct ExponentialSmoothing: Forecaster {
    let name: String
    /// Steps of a season; 1 for none.
    let period: Int
    /// The forms that are tried; all that the series allows where it is nil.
    let forms: [SmoothingForm]?
    private(set) var form = SmoothingForm(isRelative: false, trend: .none, season: .none)
    private(set) var constants = SmoothingConstants()
    /// Where the level and the trend begin, relative to what ``SmoothingStart`` says: found along with the constants on short series.
    private var shift = (level: 0.0, trend: 0.0)
    private let evaluations: Int
    /// The most that β/α may be. Trends that follow the last few steps shoot past; found on the development series.
    private static let slowness = 0.15

    init(name: String = "exponential_smoothing", period: Int, forms: [SmoothingForm]? = nil, evaluations: Int = 120) {
        self.name = name
        self.period = period
        self.forms = forms
        self.evaluations = evaluations
    }

    mutating func fit(_ series: Series) {
        let values = series.recent().values
        var best = Double.infinity
        for candidate in forms ?? Self.forms(values, period: period) {
            guard let found = Self.fit(values, candidate, period: period, evaluations: evaluations) else { continue }
            let count = Double(values.count)
            let parameters = Double(candidate.parameters(period: period))
            let correction = count - parameters - 1 > 0 ? 2 * parameters * (parameters + 1) / (count - parameters - 1) : .infinity
            let criterion = found.value + 2 * parameters + correction
            if criterion < best || (best == .infinity && criterion == .infinity) {
                (best, form, constants, shift) = (criterion, candidate, found.constants, found.shift)
            }
        }
    }

    func forecast(_ series: Series, horizon: Int) -> [Double] {
        guard var state = SmoothingStart.state(series.values, form, period: period) else { return Naive().forecast(series, horizon: horizon) }
        Self.move(&state, by: shift)
        let value = state.run(series.values, form, constants)
        guard value.isFinite else { return Naive().forecast(series, horizon: horizon) }
        return state.forecast(form, phi: constants.phi, behind: series.count, horizon: horizon)
    }

    /// The forms that a series allows.
    static func forms(_ values: [Double], period: Int) -> [SmoothingForm] {
        let trends: [SmoothingForm.Trend] = values.count < 5 ? [.none] : [.none, .additive, .damped]
        let isPositive = values.allSatisfy { $0 > 0 }
        var kinds: [(Bool, SmoothingForm.Season)] = []
        if period > 1, values.count >= 2 * period + 4 {
            kinds.append((false, .additive))
            if isPositive { kinds.append((true, .multiplicative)) }
        }
        if kinds.isEmpty || values.count < 6 * period {
            kinds.append((false, .none))
            if isPositive { kinds.append((true, .none)) }
        }
        return kinds.flatMap { kind in trends.map { SmoothingForm(isRelative: kind.0, trend: $0, season: kind.1) } }
    }

    private static func move(_ state: inout SmoothingState, by shift: (level: Double, trend: Double)) {
        state.level += shift.level
        state.trend += shift.trend
    }

    /// The constants of one form by maximum likelihood, and the likelihood.
    private static func fit(
        _ values: [Double], _ form: SmoothingForm, period: Int, evaluations: Int
    ) -> (constants: SmoothingConstants, shift: (level: Double, trend: Double), value: Double)? {
        guard values.count > 2, let start = SmoothingStart.state(values, form, period: period) else { return nil }
        let scale = max(Spread.deviation(zip(values.dropFirst(), values).map { $0 - $1 }), 1e-9 * (abs(values[0]) + 1))
        let hasTrend = form.trend != .none
        let movesStart = values.count <= 80
        // What is searched: α, then where the form has them β/α in units of its bound, φ, γ/(1 − α), and the first states in units of the usual step.
        var from = [period > 1 ? 0.2 : 0.5]
        var steps = [0.2]
        if hasTrend {
            from.append(0.1)
            steps.append(0.1)
        }
        if form.trend == .damped {
            from.append(0.95)
            steps.append(-0.05)
        }
        if form.season != .none {
            from.append(0.1)
            steps.append(0.15)
        }
        let firstStates = from.count
        if movesStart {
            from.append(0)
            steps.append(0.5)
            if hasTrend {
                from.append(0)
                steps.append(0.1)
            }
        }
        func read(_ point: borrowing [Double]) -> (SmoothingConstants, (level: Double, trend: Double))? {
            var constants = SmoothingConstants()
            constants.alpha = point[0]
            guard constants.alpha >= 1e-4, constants.alpha <= 0.9999 else { return nil }
            var next = 1
            if hasTrend {
                guard point[next] >= 1e-4, point[next] <= 0.9999 else { return nil }
                constants.beta = point[next] * constants.alpha * Self.slowness
                next += 1
            }
            if form.trend == .damped {
                guard point[next] >= 0.8, point[next] <= 0.98 else { return nil }
                constants.phi = point[next]
                next += 1
            }
            if form.season != .none {
                guard point[next] >= 1e-4, point[next] <= 0.9999 else { return nil }
                constants.gamma = point[next] * (1 - constants.alpha)
            }
            guard movesStart else { return (constants, (0, 0)) }
            return (constants, (point[firstStates] * scale, hasTrend ? point[firstStates + 1] * scale : 0))
        }
        var state = start
        let found = NelderMead(evaluations: evaluations + 30 * max(0, from.count - 3)).minimize(from: from, steps: steps) { point in
            guard let (constants, shift) = read(point) else { return .infinity }
            state.level = start.level
            state.trend = start.trend
            for place in start.season.indices { state.season[place] = start.season[place] }
            move(&state, by: shift)
            return state.run(values, form, constants)
        }
        guard found.value.isFinite, let (constants, shift) = read(found.point) else { return nil }
        return (constants, shift, found.value)
    }
}
