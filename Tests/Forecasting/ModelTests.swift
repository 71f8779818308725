import Testing

@testable import Forecasting

/// Each model against published figures, or against what must hold by its equations.
@Suite struct ModelTests {
    static let season = [3.0, 1, 4, 1, 5, 9, 2]

    @Test("simple smoothing as in Hyndman and Athanasopoulos 2018, section 7.1: oil of Saudi Arabia")
    func oil() {
        let values = [
            445.36, 453.20, 454.41, 422.38, 456.04, 440.39, 425.19, 486.21, 500.43, 521.28, 508.95, 488.89, 509.87, 456.72, 473.82, 525.95, 549.83,
            542.34,
        ]
        let form = SmoothingForm(isRelative: false, trend: .none, season: .none)
        var state = SmoothingState(level: 446.59, trend: 0, season: [])
        _ = state.run(values, form, SmoothingConstants(alpha: 0.8339))
        #expect(abs(state.forecast(form, phi: 1, behind: 18, horizon: 1)[0] - 542.68) < 0.02)

        var model = ExponentialSmoothing(period: 1, forms: [form], evaluations: 400)
        model.fit(Series(values: values, periods: []))
        #expect(abs(model.constants.alpha - 0.8339) < 0.02)
    }

    @Test("a damped trend adds φ + φ² + … times the trend")
    func damped() {
        let state = SmoothingState(level: 10, trend: 2, season: [])
        let form = SmoothingForm(isRelative: false, trend: .damped, season: .none)
        #expect(Synthetic.isNear(state.forecast(form, phi: 0.5, behind: 9, horizon: 3), [11, 11.5, 11.75], within: 1e-12))
    }

    @Test("the season goes on at its own place, whatever the length of the series", arguments: [21, 23, 27])
    func places(count: Int) {
        let values = (0..<count).map { 100 + Self.season[$0 % 7] }
        let series = Series(values: values, periods: [7])
        let expected = (count..<count + 9).map { 100 + Self.season[$0 % 7] }
        let models: [any Forecaster] = [
            SeasonalNaive(period: 7), SeasonalMedian(period: 7, seasons: 3), ExponentialSmoothing(period: 7), ComplexSmoothing(period: 7),
            DynamicTheta(period: 7), DecomposedSmoothing(periods: [7]), DecomposedSmoothing(periods: [7], isLogarithmic: true),
            WaveRegression(waves: [.init(period: 7, count: 3)], penalty: 1e-6),
        ]
        for var model in models {
            model.fit(series)
            let found = model.forecast(series, horizon: 9)
            #expect(Synthetic.isNear(found, expected, within: 0.3), "\(model.name): \(found)")
        }
    }

    @Test("Theta's line through the values so far is that of least squares, and θ = 1 is simple smoothing")
    func theta() {
        let values = [12.0, 15, 11, 18, 19, 17, 25]
        let run = DynamicTheta.Run(values, first: 10, alpha: 0.4, theta: 1)
        #expect(abs(run.expected - values.reduce(10) { 0.4 * $1 + 0.6 * $0 }) < 1e-12)
        let (before, slope) = SmoothingStart.line(values)
        #expect(abs(run.intercept - before) < 1e-9)
        #expect(abs(run.slope - slope) < 1e-9)
    }

    @Test("complex smoothing with α₁ = 1 and a flat potential is simple smoothing with α₀ − 1")
    func complex() throws {
        let values = Synthetic.series(40) { 50 + Synthetic.noise($0, 11) }
        var run = try #require(ComplexRun(values, .none, period: 1))
        _ = run.squares(values, [1.3, 1])
        let found = run.forecast(3, [1.3, 1])
        // Forth, back and forth again from the first mean.
        let all = values + values.reversed() + values
        let level = all.reduce(Spread.mean(values.prefix(10))) { 0.3 * $1 + 0.7 * $0 }
        #expect(found.allSatisfy { abs($0 - level) < 1e-9 })
    }

    @Test("intermittent demand: rate is share times size")
    func intermittent() {
        let values = (0..<60).map { $0 % 3 == 0 ? 6.0 : 0 }
        #expect(IntermittentDemand.fits(values))
        #expect(!IntermittentDemand.fits(values.map { $0 + 1 }))
        var model = IntermittentDemand()
        let series = Series(values: values, periods: [])
        model.fit(series)
        #expect(abs(model.forecast(series, horizon: 4)[3] - 2) < 0.2)
    }

    @Test("an autoregression finds the rule that made the values")
    func autoregression() {
        var values = [1.0, 2, 3]
        for step in 3..<3000 { values.append(0.6 * values[step - 1] - 0.3 * values[step - 2] + Synthetic.noise(step * step, 1009) / 500) }
        var model = SeasonalAutoregression(lags: [1, 2], window: 300)
        model.fit(Series(values: values, periods: []))
        #expect(abs(model.weights[0] - 0.6) < 0.1)
        #expect(abs(model.weights[1] + 0.3) < 0.1)
    }
}
