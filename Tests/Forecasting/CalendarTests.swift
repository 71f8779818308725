import Kernel
import Testing

@testable import Forecasting

@Suite struct CalendarTests {
    static func time(_ text: String) throws -> Timestamp { try #require(Timestamp(text)) }

    @Test("each step begins where the next time of it lies, on every calendar", arguments: Frequency.allCases)
    func steps(frequency: Frequency) throws {
        for weekStart in 0..<7 {
            let calendar = StepCalendar(frequency, weekStart: weekStart)
            let first = calendar.step(of: try Self.time("1969-12-20"))
            for step in first..<first + 60 {
                #expect(calendar.step(of: calendar.time(of: step)) == step)
                #expect(calendar.time(of: step) < calendar.time(of: step + 1))
            }
        }
    }

    @Test("weekends count to the Friday before where only business days count")
    func business() throws {
        let calendar = StepCalendar(.businessDaily)
        let friday = calendar.step(of: try Self.time("2026-11-20"))
        #expect(calendar.step(of: try Self.time("2026-11-22")) == friday)
        #expect(calendar.time(of: friday + 1) == (try Self.time("2026-11-23")))
    }

    @Test("the frequency is guessed by the usual distance, whatever is missing")
    func guess() throws {
        func times(_ distance: Int64, _ keep: (Int) -> Bool = { _ in true }) -> [Timestamp] {
            (0..<60).filter(keep).map { Timestamp(seconds: 1_700_000_000 + Int64($0) * distance) }
        }
        #expect(FrequencyGuess.of(times(3600) { $0 % 7 != 3 }) == .hourly)
        #expect(FrequencyGuess.of(times(86_400)) == .daily)
        #expect(FrequencyGuess.of(times(86_400 * 7)) == .weekly)
        #expect(FrequencyGuess.of(times(86_400 * 30)) == .monthly)
        #expect(FrequencyGuess.of(times(86_400 * 91)) == .quarterly)
        #expect(FrequencyGuess.of(times(86_400 * 365)) == .yearly)
        let days = (20_000..<20_060).filter { ($0 + 3) % 7 < 5 }.map { Timestamp(seconds: Int64($0) * 86_400) }
        #expect(FrequencyGuess.of(days) == .businessDaily)
    }

    @Test("unsorted, twice, not a number: the last of a time counts, what is missing is filled and said")
    func regular() throws {
        let day = { (number: Int, value: Double?) in Observation(time: Timestamp(seconds: Int64(20_000 + number) * 86_400), value: value) }
        let series = try RegularSeries([day(3, 40), day(0, 10), day(1, .nan), day(2, 30), day(3, 45), day(4, nil), day(5, 60)], frequency: .daily)
        #expect(series.values == [10, 20, 30, 45, 52.5, 60])
        #expect(series.filled == 2)
        #expect(series.dropped == 3)
        #expect(series.firstDay == 20_000)
        #expect(series.time(ahead: 1).seconds == 20_006 * 86_400)
    }

    @Test("several values in one step are summed up as told", arguments: [(Aggregation.mean, 20.0), (.sum, 60), (.last, 30)])
    func aggregation(kind: Aggregation, expected: Double) throws {
        let seen = [10.0, 20, 30].enumerated().map { Observation(time: Timestamp(seconds: Int64($0.offset) * 3600), value: $0.element) }
        #expect(try RegularSeries(seen, frequency: .daily, aggregation: kind).values == [expected])
    }

    @Test("no number at all, or steps beyond count, is a clear error")
    func refused() throws {
        let none = #expect(throws: AppError.self) { _ = try RegularSeries([Observation(time: Timestamp(seconds: 0), value: .nan)]) }
        #expect(none?.issues.first?.issue.contains("at least one observation") == true)
        let far = [0, 200_000_000_000].map { Observation(time: Timestamp(seconds: Int64($0)), value: 1) }
        let error = #expect(throws: AppError.self) { _ = try RegularSeries(far, frequency: .hourly) }
        #expect(error?.issues.first?.field == "frequency")
    }

    @Test("long gaps keep the season, ends the nearest value")
    func gaps() {
        let season: [Double] = [1, 5, 3, 9, 2, 6, 4]
        var values: [Double?] = Synthetic.series(70) { 100 + season[$0 % 7] }
        for index in 30..<38 { values[index] = nil }
        let filled = Gaps.filled(values, period: 7)
        for index in 30..<38 { #expect(abs(filled[index] - 100 - season[index % 7]) < 1e-9) }
        #expect(Gaps.filled([nil, nil, 4, nil, 6, nil], period: 7) == [4, 4, 4, 5, 6, 6])
        #expect(Gaps.filled([nil, nil], period: 7) == [0, 0])
        let huge: [Double?] = (0..<40).map { (20..<27).contains($0) ? nil : $0 % 2 == 0 ? 1.7e308 : 1.1e308 }
        #expect(Gaps.filled(huge, period: 7).allSatisfy { (1.1e308...1.7e308).contains($0) }, "their mean is beyond all numbers")
    }

    @Test("Easter Sundays", arguments: [(1997, 3, 30), (2000, 4, 23), (2016, 3, 27), (2024, 3, 31), (2026, 4, 5), (2038, 4, 25)])
    func easter(year: Int, month: Int, day: Int) {
        #expect(SpecialDays.easter(year) == CalendarDate(year: year, month: month, day: day)?.daysSinceEpoch)
    }

    @Test("days that many places keep are known over the years")
    func special() throws {
        func kinds(_ text: String) throws -> [String] { SpecialDays.kinds(of: Int(try Self.time(text).seconds / 86_400)) }
        #expect(try kinds("2016-05-30") == ["month_5_weekday_0_5"])
        #expect(try kinds("2024-11-28") == ["month_11_weekday_3_4"])
        #expect(try kinds("2024-11-29") == ["after_thanksgiving"])
        #expect(try kinds("2025-04-18") == ["easter_-2"])
        #expect(try kinds("2025-12-25") == ["date_12_25"])
        #expect(try kinds("2025-08-06").isEmpty)
    }
}
