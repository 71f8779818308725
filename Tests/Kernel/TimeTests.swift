import Kernel
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2026-03-01T08:00:00Z", 1_772_352_000_000_000), ("2026-03-01T09:30:00+01:30", 1_772_352_000_000_000),
        ("2026-03-01t08:00:00z", 1_772_352_000_000_000), ("2026-03-01 08:00:00Z", 1_772_352_000_000_000), ("1969-12-31T23:59:59.5Z", -500_000),
        ("2026-03-01T08:00:00.1234567Z", 1_772_352_000_123_456), ("2026-03-01", 1_772_323_200_000_000),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000_000),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000_000), ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999),
    ])
    func `RFC 3339 is read with any offset`(text: String, microseconds: Int64) {
        #expect(Timestamp(text)?.microseconds == microseconds)
    }

    @Test(arguments: [
        "", "2026", "2026-02-29", "2026-13-01", "2026-00-10", "2026-03-01T", "2026-03-01T24:00:00Z", "2026-03-01T08:60:00Z", "2026-03-01T08:00:61Z",
        "2026-03-01T08:00:00", "2026-03-01T08:00:00.Z", "2026-03-01T08:00:00+0100", "2026-03-01T08:00:00+24:00", "2026-03-01T08:00:00Z ",
        "26-03-01T08:00:00Z", "1772352000", "２026-03-01",
    ])
    func `anything else is refused`(text: String) { #expect(Timestamp(text) == nil) }

    @Test(arguments: ["1970-01-01T00:00:00Z", "1969-12-31T23:59:59.500000Z", "2024-02-29T12:34:56.000001Z", "9999-12-31T23:59:59Z"])
    func `what is written reads back`(text: String) {
        #expect(Timestamp(text)?.description == text)
    }

    @Test func `seconds round down before 1970`() {
        #expect(Timestamp(microseconds: -1).seconds == -1)
        #expect(Timestamp(microseconds: -1_000_000).seconds == -1)
    }

    @Test func `durations add and subtract`() {
        let time = Timestamp(seconds: 100)
        #expect((time + .milliseconds(1500)).microseconds == 101_500_000)
        #expect(time - Timestamp(seconds: 40) == .seconds(60))
        #expect(Duration.microseconds(1999).milliseconds == 1)
    }

    @Test func `a deadline never has less than nothing left`() {
        let start = ContinuousClock.now
        let deadline = Deadline.after(.seconds(2), from: start)
        #expect(deadline.remaining(at: start.advanced(by: .seconds(5))) == .zero)
        #expect(deadline.remaining(at: start) == .seconds(2))
        #expect(deadline.hasPassed(at: start.advanced(by: .seconds(2))))
    }
}

@Suite struct CalendarDateTests {
    @Test(arguments: [
        (1970, 1, 1, 0), (2000, 2, 29, 11_016), (2026, 3, 1, 20_513), (1, 1, 1, -719_162), (9999, 12, 31, 2_932_896), (1969, 12, 31, -1),
    ])
    func `days since 1970 go both ways`(year: Int, month: Int, day: Int, days: Int) throws {
        let date = try #require(CalendarDate(year: year, month: month, day: day))
        #expect(date.daysSinceEpoch == days)
        #expect(CalendarDate(daysSinceEpoch: days) == date)
    }

    @Test(arguments: [
        (1900, 2, 29), (2023, 2, 29), (2024, 2, 30), (2024, 4, 31), (2024, 0, 1), (2024, 13, 1), (2024, 1, 0), (0, 1, 1), (10_000, 1, 1),
    ])
    func `a day that no calendar has is refused`(year: Int, month: Int, day: Int) {
        #expect(CalendarDate(year: year, month: month, day: day) == nil)
    }

    @Test func `every day of four centuries follows the one before`() {
        var previous = CalendarDate(daysSinceEpoch: -135_141)
        for days in -135_140...10_957 {
            let date = CalendarDate(daysSinceEpoch: days)
            #expect(previous < date && date.daysSinceEpoch == days)
            previous = date
        }
    }
}
