import Kernel
import NotificationRules
import Testing

@Suite struct TimesTests {
    /// Europe/Berlin around the two Sundays of 2026 on which its clocks change.
    private static let berlin = ZoneOffsets([
        .init(start: Timestamp("2025-10-26T01:00:00Z")!, seconds: 3600), .init(start: Timestamp("2026-03-29T01:00:00Z")!, seconds: 7200),
        .init(start: Timestamp("2026-10-25T01:00:00Z")!, seconds: 3600),
    ])

    @Test(
        "clocks on the wall, on both days on which they change",
        arguments: [
            ("2026-03-29T00:59:59Z", "sunday 119"), ("2026-03-29T01:00:00Z", "sunday 180"), ("2026-10-25T00:30:00Z", "sunday 150"),
            ("2026-10-25T01:30:00Z", "sunday 150"), ("2026-01-04T23:30:00Z", "monday 30"), ("1969-12-31T22:59:00Z", "wednesday 1439"),
        ])
    func local(time: String, expected: String) {
        let local = Self.berlin.local(Timestamp(time)!)
        #expect("\(local.weekday.rawValue) \(local.minute)" == expected)
    }

    private func hours(_ from: String, _ to: String, _ days: [Weekday]? = nil) -> WeeklyHours {
        WeeklyHours(days: days, from: TimeOfDay(from)!, to: TimeOfDay(to)!)
    }

    @Test("a night belongs to the day on which it begins; equal times are a whole day") func nights() {
        let night = hours("22:00", "07:00", [.friday])
        func contains(_ hours: WeeklyHours, _ day: Weekday, _ minute: Int) -> Bool { hours.contains(LocalTime(weekday: day, minute: minute)) }
        #expect(contains(night, .friday, 22 * 60) && contains(night, .saturday, 419) && !contains(night, .saturday, 420))
        #expect(!contains(night, .friday, 60) && !contains(night, .saturday, 23 * 60))
        let day = hours("00:00", "00:00", [.sunday])
        #expect(contains(day, .sunday, 0) && contains(day, .sunday, 1439) && !contains(day, .monday, 0))
        let noon = hours("12:00", "13:00")
        #expect(contains(noon, .monday, 720) && !contains(noon, .monday, 780))
    }

    @Test("the end of hours, where clocks change in between, and where they never end") func end() {
        let night = hours("22:00", "07:00")
        #expect(night.end(from: Timestamp("2026-03-28T22:00:30Z")!, Self.berlin) == Timestamp("2026-03-29T05:00:00Z"))
        #expect(night.end(from: Timestamp("2026-10-24T22:00:00Z")!, Self.berlin) == Timestamp("2026-10-25T06:00:00Z"))
        let now = Timestamp("2026-05-01T12:00:00Z")!
        #expect(night.end(from: now, Self.berlin) == now)
        #expect(hours("00:00", "00:00").end(from: now, Self.berlin) == nil)
    }

    @Test("times of day are read strictly", arguments: ["24:00", "8:00", "08:60", "08-00", "+8:00", "08:+1", "", "0８:00"])
    func notTimes(text: String) { #expect(TimeOfDay(text) == nil) }

    @Test("a time of day is written as it was read") func time() { #expect(TimeOfDay("07:05")?.description == "07:05") }
}
