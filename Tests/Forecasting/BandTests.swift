import Testing

@testable import Forecasting

@Suite struct BandTests {
    @Test("origins lie behind each other, know enough, and stay in front of the end")
    func origins() {
        #expect(Origins(count: 100, horizon: 10, least: 40, step: 5, most: 4).counts == [75, 80, 85, 90])
        #expect(Origins(count: 100, horizon: 10, least: 88, step: 5).counts.allSatisfy { $0 >= 88 && $0 < 100 })
        #expect(Origins(count: 3, horizon: 10, least: 5, step: 3).counts.allSatisfy { $0 < 3 })
        #expect(Origins(count: 100, horizon: 10, least: 40, step: 5, most: 4).independent(10) == 2.5)
    }

    @Test("a band of many alike errors is as wide as their quantile, and grows with the step as they do")
    func quantile() {
        let flat = (0..<40).map { origin in (0..<10).map { step in Synthetic.noise(origin * 10 + step, 101) / 100 - 0.5 } }
        let bands = ConformalBands(errors: flat, horizon: 10, stepError: 1, independent: 40)
        #expect(abs(bands.half80[0] - 0.4) < 0.05)
        #expect(abs(bands.half95[9] / bands.half95[0] - 1) < 0.3)
        let growing = flat.map { $0.enumerated().map { $1 * Double($0 + 1).squareRoot() } }
        let wide = ConformalBands(errors: growing, horizon: 10, stepError: 1, independent: 40)
        #expect(abs(wide.half95[9] / wide.half95[0] - 3.16) < 0.8)
    }

    @Test("with nothing known the usual step speaks")
    func nothing() {
        let bands = ConformalBands(errors: [], horizon: 3, stepError: 2, independent: 0)
        #expect(bands.half80[0] > 2)
        #expect(bands.half95[0] > bands.half80[0])
        #expect(bands.half95[2] > bands.half95[0])
    }

    @Test("better models weigh more; where one knows nothing all weigh alike")
    func weights() {
        let weights = Combination(errors: [1, 2, 2], power: 1).weights
        #expect(Synthetic.isNear(weights, [0.5, 0.25, 0.25], within: 1e-12))
        #expect(Combination(errors: [1, nil], power: 3).weights == [0.5, 0.5])
        #expect(Combination(errors: [0, 0], power: 3).weights == [0.5, 0.5])
        #expect(Combination(errors: [1, 1], power: 3).mean([[2, 4], [4, 8]]) == [3, 6])
    }

    @Test("a backtest of three windows measures what was known before each alone")
    func report() {
        let week: [Double] = [10, 12, 11, 13, 20, 30, 5]
        let exact = BacktestReport(Synthetic.series(200) { 100 + week[$0 % 7] }, ForecastOptions(horizon: 14, frequency: .daily))
        #expect(exact.windows == 3)
        #expect(exact.meanAbsoluteError.map { $0 < 0.1 } == true)
        #expect(BacktestReport([1, 2, 3], ForecastOptions(horizon: 14, frequency: .daily)).windows == 0)
        let noisy = BacktestReport(Synthetic.series(300) { 100 + Synthetic.noise($0 * $0, 101) }, ForecastOptions(horizon: 14, frequency: .daily))
        #expect(noisy.coverage95.map { $0 > 0.8 } == true)
        #expect(noisy.scaledError.map { $0 < 1 } == true)
    }
}
