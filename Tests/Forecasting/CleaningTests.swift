import Kernel
import Testing

@testable import Forecasting

@Suite struct CleaningTests {
    static let week: [Double] = [100, 110, 105, 108, 130, 60, 50]

    @Test("a lone outlier is replaced, a new level is not")
    func outliers() {
        var values = Synthetic.series(210) { Self.week[$0 % 7] + Synthetic.noise($0, 11) / 4 }
        values[150] = 900
        for index in 190..<210 { values[index] += 300 }
        let clean = CleanSeries(Series(values: values, periods: [7]))
        #expect(abs(clean.values[150] - Self.week[150 % 7]) < 10)
        #expect(clean.values[205] == values[205])
    }

    /// Two years and ten months whose every 25 December is closed; the forecast begins on the 18th of the third.
    static func shop(closed: Bool) -> (values: [Double], firstDay: Int) {
        let first = CalendarDate(year: 2022, month: 2, day: 1)?.daysSinceEpoch ?? 0
        let end = CalendarDate(year: 2024, month: 12, day: 18)?.daysSinceEpoch ?? 0
        let values = Synthetic.series(end - first) { step in
            let date = CalendarDate(daysSinceEpoch: first + step)
            return closed && date.month == 12 && date.day == 25 ? 2 : week[step % 7] + Synthetic.noise(step, 11) / 4
        }
        return (values, first)
    }

    @Test("a holiday that was kept will be kept, and nothing else moves")
    func holiday() {
        let shop = Self.shop(closed: true)
        let options = ForecastOptions(horizon: 14, frequency: .daily, firstDay: shop.firstDay)
        let forecast = AutomaticForecast.run(shop.values, options)
        #expect(forecast.mean[7] < 30)
        #expect(forecast.mean[6] > 40)
        #expect(forecast.mean[8] > 40)
        let open = AutomaticForecast.run(Self.shop(closed: false).values, options)
        #expect(open.mean[7] > 40)
    }

    @Test("an event of the business's own is learned and put where it is planned")
    func event() {
        let first = 19_000
        let past: Set<Int> = [19_050, 19_120, 19_190, 19_260]
        let values = Synthetic.series(300) { Self.week[$0 % 7] + Synthetic.noise($0, 11) / 4 + (past.contains(first + $0) ? 80 : 0) }
        let planned = past.union([19_305])
        let with = AutomaticForecast.run(
            values, ForecastOptions(horizon: 10, frequency: .daily, firstDay: first, events: ["promotion": planned]))
        let without = AutomaticForecast.run(values, ForecastOptions(horizon: 10, frequency: .daily, firstDay: first))
        #expect(with.mean[5] - without.mean[5] > 50)
        #expect(abs(with.mean[4] - without.mean[4]) < 5)
    }

    @Test("two weeks of holidays at the end are no new level")
    func weeks() {
        let first = CalendarDate(year: 2022, month: 2, day: 1)?.daysSinceEpoch ?? 0
        let end = CalendarDate(year: 2025, month: 1, day: 3)?.daysSinceEpoch ?? 0
        let values = Synthetic.series(end - first) { step in
            let date = CalendarDate(daysSinceEpoch: first + step)
            let isHoliday = date.month == 12 && date.day > 23 || date.month == 1 && date.day < 3
            return isHoliday ? 20 : Self.week[step % 7] + Synthetic.noise(step, 11) / 4
        }
        let forecast = AutomaticForecast.run(values, ForecastOptions(horizon: 14, frequency: .daily, firstDay: first))
        for step in 1..<14 { #expect(abs(forecast.mean[step] - Self.week[(values.count + step) % 7]) < 15) }
    }

    @Test("days in the noise have no effect")
    func noise() {
        let values = Synthetic.series(800) { 100 + Synthetic.noise($0 * $0, 101) }
        let clean = CleanSeries(Series(values: values, periods: [7], firstDay: 19_000))
        #expect(clean.effects.isEmpty)
    }
}
