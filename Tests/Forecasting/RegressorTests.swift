import Testing

@testable import Forecasting

@Suite struct RegressorTests {
    private static let days = 400
    /// Rain on some days, the same in every run; known a week ahead.
    private static func rain(_ day: Int) -> Double { day * 31 % 37 < 9 ? Double(day * 31 % 17) : 0 }
    private static func shop(_ day: Int, rain effect: Double) -> Double {
        1000 + 50 * Synthetic.place(day, 7) + Synthetic.noise(day, 41) + effect * rain(day)
    }

    private static func forecast(_ effect: Double, regressors: [Regressor], horizon: Int = 14) -> Forecast {
        var options = ForecastOptions(horizon: horizon, frequency: .daily, firstDay: 18_000)
        options.regressors = regressors
        return AutomaticForecast.run(Synthetic.series(days) { shop($0, rain: effect) }, options)
    }

    private static let known = Regressor(
        name: "precipitation", values: Dictionary(uniqueKeysWithValues: (0..<days + 7).map { (18_000 + $0, rain($0)) }))

    private static func error(_ forecast: Forecast, _ effect: Double, _ steps: Range<Int>) -> Double {
        Spread.mean(steps.map { abs(forecast.mean[$0] - shop(days + $0, rain: effect)) })
    }

    @Test func rainThatKeepsPeopleAwayIsForeseenAsFarAsItIsKnown() {
        let (with, without) = (Self.forecast(-20, regressors: [Self.known]), Self.forecast(-20, regressors: []))
        #expect(Self.error(with, -20, 0..<7) < 0.6 * Self.error(without, -20, 0..<7))
        #expect(with.regressors[0..<7].contains { $0 < -40 })
        #expect(with.regressors[7...].allSatisfy { $0 == 0 })
        // Where rain is not known it widens the band; where it is known it does not.
        let (near, far) = (with.upper95[3] - with.lower95[3], with.upper95[10] - with.lower95[10])
        #expect(far > 1.2 * near)
        for step in 0..<14 { #expect(with.lower95[step] < with.mean[step] && with.mean[step] < with.upper95[step]) }
    }

    @Test func whatDoesNothingChangesNothing() {
        let (with, without) = (Self.forecast(0, regressors: [Self.known]), Self.forecast(0, regressors: []))
        #expect(with.mean == without.mean && with.lower95 == without.lower95)
        let nothing = Regressor(name: "x", values: [18_001: .nan, 5: 1, 18_002: .infinity])
        #expect(Self.forecast(-20, regressors: [nothing]).mean == Self.forecast(-20, regressors: []).mean)
        let constant = Regressor(name: "x", values: Dictionary(uniqueKeysWithValues: (0..<500).map { (18_000 + $0, 1e300) }))
        #expect(Self.forecast(-20, regressors: [constant]).mean.allSatisfy { $0.isFinite })
    }
}
