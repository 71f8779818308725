import Testing

@testable import Forecasting

@Suite struct AutomaticForecastTests {
    static func isSound(_ forecast: Forecast, _ horizon: Int) -> Bool {
        guard forecast.mean.count == horizon else { return false }
        for step in 0..<horizon {
            let places = [forecast.lower95[step], forecast.lower80[step], forecast.mean[step], forecast.upper80[step], forecast.upper95[step]]
            guard places.allSatisfy(\.isFinite), places == places.sorted() else { return false }
        }
        let parts = [forecast.trend, forecast.special, forecast.regressors] + forecast.seasons.map(\.values)
        let backtest = forecast.backtest
        let figures = [
            backtest?.meanAbsoluteError, backtest?.weightedError, backtest?.scaledError, backtest?.coverage80, backtest?.coverage95,
            forecast.backtestError,
        ]
        return (parts.flatMap(\.self) + forecast.shares.flatMap { [$0.weight, $0.backtestError ?? 0] } + figures.compactMap(\.self)).allSatisfy(
            \.isFinite)
    }

    static let awkward: [String: [Double]] = {
        var series: [String: [Double]] = [
            "none": [], "one": [5], "two": [5, 7], "three": [5, 7, 6], "four": [0, 0, 0, 1], "five": [1, 2, 3, 4, 5],
            "largest": [Double.greatestFiniteMagnitude, -Double.greatestFiniteMagnitude, 1, 2, 3, 4],
        ]
        series["flat"] = Array(repeating: 3, count: 400)
        series["nothing"] = Array(repeating: 0, count: 50)
        series["nearly flat"] = Array(repeating: 3, count: 399) + [3.0000001]
        series["huge"] = Synthetic.series(200) { 1e306 * (Synthetic.place($0, 7) + 1) }
        series["tiny"] = Synthetic.series(200) { 1e-306 * (Synthetic.place($0, 7) + 1) }
        series["subnormal"] = Synthetic.series(20) { Double.leastNonzeroMagnitude * Synthetic.place($0, 3) }
        series["negative"] = Synthetic.series(200) { -5 - Synthetic.place($0, 7) }
        series["around zero"] = Synthetic.series(200) { Synthetic.place($0, 7) - 3 }
        series["one spike"] = Synthetic.series(400) { $0 == 300 ? 1e9 : 0 }
        series["step"] = Synthetic.series(220) { $0 < 200 ? 1 : 1e6 }
        series["rising fast"] = Synthetic.series(100) { Double(1 << ($0 / 2)) }
        series["sparse"] = Synthetic.series(400) { $0 % 29 == 0 ? 4 : 0 }
        return series
    }()

    @Test("whatever the series, the forecast is a number inside of its bands", arguments: awkward.keys.sorted(), Frequency.allCases)
    func sound(name: String, frequency: Frequency) throws {
        let values = try #require(Self.awkward[name])
        let forecast = AutomaticForecast.run(values, ForecastOptions(horizon: 13, frequency: frequency))
        #expect(Self.isSound(forecast, 13))
        if values.allSatisfy({ $0 >= 0 }) { #expect(forecast.lower95.allSatisfy { $0 >= 0 }) }
    }

    @Test("every length from nothing on", arguments: Frequency.allCases)
    func lengths(frequency: Frequency) {
        for count in 0..<70 {
            let values = Synthetic.series(count) { 20 + Synthetic.noise($0, 13) + Synthetic.place($0, 7) }
            #expect(Self.isSound(AutomaticForecast.run(values, ForecastOptions(horizon: 5, frequency: frequency)), 5), "\(count)")
        }
    }

    @Test("a week's pattern on a rising level goes on, with narrow bands, and says what it is made of")
    func weekly() {
        let week = [10.0, 12, 11, 13, 20, 30, 5]
        let values = Synthetic.series(400) { 100 + 0.1 * Double($0) + week[$0 % 7] + Synthetic.noise($0, 11) / 20 }
        let forecast = AutomaticForecast.run(values, ForecastOptions(horizon: 14, frequency: .daily))
        for step in 0..<14 {
            let truth = 100 + 0.1 * Double(400 + step) + week[(400 + step) % 7] + 0.25
            #expect(abs(forecast.mean[step] - truth) < 1)
            #expect(forecast.upper95[step] - forecast.lower95[step] < 5)
            let whole = forecast.seasons.reduce(forecast.trend[step]) { $0 + $1.values[step] }
            #expect(abs(whole - forecast.mean[step]) < 1e-9)
        }
        #expect(abs(forecast.shares.reduce(0) { $0 + $1.weight } - 1) < 1e-9)
        #expect(forecast.backtestError.map { $0 < 1 } == true)
        #expect(forecast.seasons.map(\.period) == [7])
    }

    @Test("the answer does not depend on the unit")
    func unit() {
        let values = Synthetic.series(90) { 50 + Synthetic.noise($0, 23) + 3 * Synthetic.place($0, 7) }
        let one = AutomaticForecast.run(values, ForecastOptions(horizon: 7, frequency: .daily))
        let thousand = AutomaticForecast.run(values.map { $0 * 1024 }, ForecastOptions(horizon: 7, frequency: .daily))
        #expect(Synthetic.isNear(one.mean.map { $0 * 1024 }, thousand.mean, within: 1e-3))
        #expect(Synthetic.isNear(one.upper95.map { $0 * 1024 }, thousand.upper95, within: 1e-3))
    }

    @Test("limits hold for mean and bands")
    func limits() {
        let values = Synthetic.series(100) { 98 + Synthetic.noise($0, 5) / 2 }
        let forecast = AutomaticForecast.run(values, ForecastOptions(horizon: 7, frequency: .daily, lowest: 98.5, highest: 99.5))
        #expect(Self.isSound(forecast, 7))
        let all = forecast.lower95 + forecast.upper95 + forecast.mean
        #expect(all.allSatisfy { $0 >= 98.5 && $0 <= 99.5 })
    }

    @Test("the same series, the same answer")
    func deterministic() {
        let values = Synthetic.series(200) { 50 + Synthetic.noise($0, 23) }
        let options = ForecastOptions(horizon: 9, frequency: .monthly)
        #expect(AutomaticForecast.run(values, options).mean == AutomaticForecast.run(values, options).mean)
    }
}
