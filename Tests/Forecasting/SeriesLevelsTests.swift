import Kernel
import Testing

@testable import Forecasting

@Suite struct SeriesLevelsTests {
    private static func hours(_ count: Int) -> [Observation] {
        (0..<count).map { Observation(time: Timestamp(seconds: Int64($0) * 3600), value: 1) }
    }

    private static func levels(_ observations: [Observation], at seconds: Int64, _ aggregation: Aggregation = .sum) throws -> [RegularSeries] {
        try SeriesLevels.of(observations, aggregation: aggregation, now: Timestamp(seconds: seconds))
    }

    @Test func hoursAreHoursAndDaysAndADayThatHasNotEndedIsNone() throws {
        let found = try Self.levels(Self.hours(24 * 10 + 5), at: 24 * 10 * 3600 + 5 * 3600)
        #expect(found.map(\.calendar.frequency) == [.hourly, .daily])
        #expect(found[0].values.count == 245)
        #expect(found[1].values == Array(repeating: 24, count: 10))
        let later = try Self.levels(Self.hours(24 * 10 + 5), at: 24 * 11 * 3600)
        #expect(later[1].values.last == 5, "nothing more came that day")
    }

    @Test func aValueADayIsKeptWheneverTheDayEnds() throws {
        let days = (0..<20).map { Observation(time: Timestamp(seconds: Int64($0) * 86_400), value: Double($0)) }
        let found = try Self.levels(days, at: 19 * 86_400 + 60)
        #expect(found.map(\.calendar.frequency) == [.daily])
        #expect(found[0].values.count == 20)
    }

    @Test func tooLittleIsNothing() throws {
        #expect(try Self.levels([], at: 0).isEmpty)
        #expect(try Self.levels([Observation(time: Timestamp(seconds: 0), value: .nan)], at: 0).isEmpty)
        #expect(try Self.levels(Array(Self.hours(3)), at: 1 << 42).isEmpty)
        #expect(throws: AppError.self) {
            try Self.levels(Self.hours(5) + [Observation(time: Timestamp(seconds: 9000 * 31_556_952), value: 1)], at: 1 << 42)
        }
    }

    @Test func figuresOfTheBacktestSayHowGoodItWas() throws {
        let values = Synthetic.series(210) { 100 + 20 * Synthetic.place($0, 7) + Synthetic.noise($0, 11) }
        let forecast = AutomaticForecast.run(values, ForecastOptions(horizon: 14, frequency: .daily))
        let figures = try #require(forecast.backtest)
        #expect(figures.origins > 3 && figures.meanAbsoluteError < 6)
        #expect(try #require(figures.weightedError) < 0.05)
        #expect((0.5...1).contains(try #require(figures.coverage80)))
        #expect((0.8...1).contains(try #require(figures.coverage95)))
        let half = AutomaticForecast.run(values.map { $0 / 2 }, ForecastOptions(horizon: 14, frequency: .daily))
        #expect(abs(try #require(half.backtest).meanAbsoluteError * 2 - figures.meanAbsoluteError) < 1e-6)
        #expect(AutomaticForecast.run([5, 5, 5], ForecastOptions(horizon: 2, frequency: .daily)).backtest == nil)
    }
}
