import Kernel
import Testing

@testable import Tabular

@Suite struct TimeTextTests {
    private static func read(_ text: String) -> TimeReading? {
        var text = text
        return text.withUTF8 { bytes in bytes.baseAddress.flatMap { TimeText.read(FieldText($0, bytes.count)) } }
    }

    private static func text(_ time: TimeReading, _ order: DateOrder) -> String {
        guard let days = time.days(order) else { return "impossible" }
        return Timestamp(microseconds: Int64(days) * 86_400_000_000 + time.micros).description
    }

    @Test(arguments: [
        ("2024-01-31", "2024-01-31T00:00:00Z"), ("2024/1/31", "2024-01-31T00:00:00Z"), ("2024.01.31", "2024-01-31T00:00:00Z"),
        ("2024. 1. 31.", "2024-01-31T00:00:00Z"), ("2024-01-31T08:30:00Z", "2024-01-31T08:30:00Z"), ("2024-01-31 08:30", "2024-01-31T08:30:00Z"),
        ("2024-01-31 08:30:05.250", "2024-01-31T08:30:05.250000Z"), ("2024-01-31T08:30:00+02:00", "2024-01-31T06:30:00Z"),
        ("2024-01-31 08:30:00 -0500", "2024-01-31T13:30:00Z"), ("2024-01-31 08:30:00 UTC", "2024-01-31T08:30:00Z"),
        ("05-Jan-2019", "2019-01-05T00:00:00Z"), ("5 January 2019", "2019-01-05T00:00:00Z"), ("5. Januar 2019", "2019-01-05T00:00:00Z"),
        ("1er janvier 2019", "2019-01-01T00:00:00Z"), ("5 de enero de 2019", "2019-01-05T00:00:00Z"), ("Jan 5, 2019", "2019-01-05T00:00:00Z"),
        ("January 5th, 2019", "2019-01-05T00:00:00Z"), ("Jan 1, 2024 12:05:12 AM PST", "2024-01-01T08:05:12Z"), ("5-Mär-19", "2019-03-05T00:00:00Z"),
        ("12 août 2019", "2019-08-12T00:00:00Z"), ("5 МАЯ 2019", "2019-05-05T00:00:00Z"), ("Mon, 02 Jan 2006 15:04:05 GMT", "2006-01-02T15:04:05Z"),
        ("Tuesday, 3 March 2020", "2020-03-03T00:00:00Z"), ("2024年1月31日", "2024-01-31T00:00:00Z"), ("2024년 1월 31일", "2024-01-31T00:00:00Z"),
        ("2024-01-31 오후 1:08", "2024-01-31T13:08:00Z"), ("20240131T101500Z", "2024-01-31T10:15:00Z"), ("2024-01", "2024-01-01T00:00:00Z"),
        ("01/2024", "2024-01-01T00:00:00Z"), ("Jan 2024", "2024-01-01T00:00:00Z"), ("Jan-24", "2024-01-01T00:00:00Z"),
        ("2024M03", "2024-03-01T00:00:00Z"),
        ("2024-Q2", "2024-04-01T00:00:00Z"), ("Q3 2024", "2024-07-01T00:00:00Z"), ("4. Quartal 2024", "2024-10-01T00:00:00Z"),
        ("2024-W01", "2024-01-01T00:00:00Z"), ("2021-W01", "2021-01-04T00:00:00Z"), ("2020-W53", "2020-12-28T00:00:00Z"),
        ("2024-Jan-05", "2024-01-05T00:00:00Z"),
        ("2024-01-31 24:00", "2024-02-01T00:00:00Z"), ("2024-01-31 08", "2024-01-31T08:00:00Z"), ("31 Jan 2024 20", "2024-01-31T20:00:00Z"),
        ("1900-02-28", "1900-02-28T00:00:00Z"), ("2000-02-29", "2000-02-29T00:00:00Z"),
    ])
    func readsOneWay(text: String, expected: String) throws {
        let time = try #require(Self.read(text), "\(text)")
        #expect(Self.text(time, .certain) == expected)
    }

    @Test(arguments: [
        ("01/02/2012", "2012-02-01", "2012-01-02", "impossible"), ("31/01/2012", "2012-01-31", "impossible", "impossible"),
        ("1/31/12", "impossible", "2012-01-31", "impossible"), ("17-08-15", "2015-08-17", "impossible", "2017-08-15"),
        ("01.02.2012", "2012-02-01", "2012-01-02", "impossible"), ("12/1/10 8:26", "2010-01-12", "2010-12-01", "2012-01-10"),
        ("31.12.99", "1999-12-31", "impossible", "impossible"),
    ])
    func readsEveryOrder(text: String, dayFirst: String, monthFirst: String, yearFirst: String) throws {
        let time = try #require(Self.read(text), "\(text)")
        #expect(Self.text(time, .dayMonthYear).prefix(10) == dayFirst.prefix(10))
        #expect(Self.text(time, .monthDayYear).prefix(10) == monthFirst.prefix(10))
        #expect(Self.text(time, .yearMonthDay).prefix(10) == yearFirst.prefix(10))
    }

    @Test(arguments: [
        ("13:08", 47_280, false), ("1:08 PM", 47_280, false), ("12:00 a.m.", 0, false), ("00:01:19", 79, false), ("13:08:05.5", 47_285, false),
        ("125:30:00", 451_800, true), ("1h 5m", 3900, true), ("1h5m3s", 3903, true), ("2 days, 3:04:05", 183_845, true), ("12 min", 720, true),
        ("PT1H30M", 5400, true), ("P2DT12H", 216_000, true), ("1,5 h", 5400, true), ("-00:05:00", -300, true), ("13h08", 47_280, false),
    ])
    func readsTimesAndDurations(text: String, seconds: Int64, isDuration: Bool) throws {
        let time = try #require(Self.read(text), "\(text)")
        #expect(time.micros / 1_000_000 == seconds)
        #expect((time.kind == .duration) == isDuration)
    }

    @Test(arguments: [
        "2024-13-01", "2024-02-30", "1900-02-29", "31/31/2012", "00/00/2012", "hello 1", "May be 5", "1.2.3", "12.5", "5 m", "3 d", "25:61",
        "13:08 PM 5",
        "2021-W53", "2024-Q5", "1-800-555-0199", "192.168.0.1", "A1-2", "12,13,14", "24h/24", "750-67-8428", "2024-01-31T25:00", "2024-01-31 24:01",
        "2024-01-31 8", "Jan", "Q1", "2024-",
        "12/34/56", "2024-01-31 foo",
    ])
    func refuses(text: String) { #expect(Self.read(text) == nil, "\(text)") }

    @Test func weeksAndDaysFollowTheCalendar() {
        for day in stride(from: -700_000, through: 2_900_000, by: 9973) {
            let date = CalendarDate(daysSinceEpoch: day)
            #expect(DayNumber.of(year: date.year, month: date.month, day: date.day) == day)
        }
        for year in 1950...2050 {
            for week in 1...52 {
                let monday = DayNumber.ofWeek(week, year: year)
                #expect(monday.map { (($0 + 3) % 7 + 7) % 7 } == 0)
            }
        }
    }
}
