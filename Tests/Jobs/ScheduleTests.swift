import Jobs
import Kernel
import Testing

@Suite("schedules") struct ScheduleTests {
    /// schedule, zone, from when on, the next times. Rules of POSIX crontab; days of changes as their places set them.
    static let cases: [(String, String, String, [String])] = [
        ("30 2 * * *", "UTC", "2026-01-01T02:30:00Z", ["2026-01-02T02:30:00Z", "2026-01-03T02:30:00Z"]),
        ("*/15 * * * *", "UTC", "2026-01-01T00:01:00Z", ["2026-01-01T00:15:00Z", "2026-01-01T00:30:00Z"]),
        ("0 9-17/4 * * mon-fri", "UTC", "2026-01-02T16:00:00Z", ["2026-01-02T17:00:00Z", "2026-01-05T09:00:00Z", "2026-01-05T13:00:00Z"]),
        ("0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", ["2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"]),
        ("0 0 29 2 *", "UTC", "2097-01-01T00:00:00Z", ["2104-02-29T00:00:00Z"]),
        ("0 0 13 * fri", "UTC", "2026-02-01T00:00:00Z", ["2026-02-06T00:00:00Z", "2026-02-13T00:00:00Z", "2026-02-20T00:00:00Z"]),
        ("0 0 * * 7", "UTC", "2026-01-01T00:00:00Z", ["2026-01-04T00:00:00Z"]),
        ("0 12 1 jan,jul *", "UTC", "2026-01-01T12:00:00Z", ["2026-07-01T12:00:00Z", "2027-01-01T12:00:00Z"]),
        ("every 15m", "UTC", "2026-01-01T00:00:01Z", ["2026-01-01T00:15:00Z", "2026-01-01T00:30:00Z"]),
        ("@weekly", "UTC", "2026-01-01T00:00:00Z", ["2026-01-04T00:00:00Z", "2026-01-11T00:00:00Z"]),
    ]
    /// The same where clocks change.
    static let changes: [(String, String, String, [String])] = [
        // 02:30 is left out: it fires when the clocks are put forward. It comes twice: the first time counts.
        ("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]),
        ("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]),
        ("0 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", ["2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"]),
        ("0,30 2 * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", ["2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"]),
        // Every hour has its time, none is left out, none doubled.
        ("15 * * * *", "Europe/Berlin", "2026-10-24T23:30:00Z", ["2026-10-25T00:15:00Z", "2026-10-25T01:15:00Z", "2026-10-25T02:15:00Z"]),
        ("15 * * * *", "Europe/Berlin", "2026-03-28T23:30:00Z", ["2026-03-29T00:15:00Z", "2026-03-29T01:15:00Z", "2026-03-29T02:15:00Z"]),
        // Midnight is left out; an hour before midnight comes twice.
        ("0 0 * * *", "America/Santiago", "2026-09-05T12:00:00Z", ["2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z"]),
        ("30 23 * * *", "America/Santiago", "2026-04-04T12:00:00Z", ["2026-04-05T02:30:00Z", "2026-04-06T03:30:00Z"]),
        ("0 0 * * *", "America/Santiago", "2026-04-04T12:00:00Z", ["2026-04-05T04:00:00Z", "2026-04-06T04:00:00Z"]),
        // Half an hour.
        ("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z", ["2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"]),
        ("0 9 * * *", "Asia/Kolkata", "2026-01-01T00:00:00Z", ["2026-01-01T03:30:00Z"]),
    ]

    @Test("the next times", arguments: cases) func plain(_ text: String, _ zone: String, _ from: String, _ expected: [String]) throws {
        let times = try Schedule(text).upcoming(after: Zones.time(from), count: expected.count, in: .utc)
        #expect(times.map(\.description) == expected)
    }

    @Test("pitfall 41: where clocks change a local time fires once, and none is left out", .enabled(if: Zones.areThere), arguments: changes)
    func changing(_ text: String, _ zone: String, _ from: String, _ expected: [String]) throws {
        let times = try Schedule(text).upcoming(after: Zones.time(from), count: expected.count, in: Zones.zone(zone))
        #expect(times.map(\.description) == expected)
    }

    @Test("pitfall 41: daily times of ten years are one each local day, in every zone", .enabled(if: Zones.areThere)) func onceADay() throws {
        for (name, text) in [
            ("Europe/Berlin", "30 2 * * *"), ("America/Santiago", "0 0 * * *"), ("Africa/Cairo", "0 0 * * *"), ("Asia/Beirut", "15 0 * * *"),
        ] {
            let zone = try Zones.zone(name)
            let times = try Schedule(text).upcoming(after: Zones.time("2026-01-01T12:00:00Z"), count: 3650, in: zone)
            let days = times.map { Int(zone.local($0) / 86_400) }
            #expect(days == Array(days[0]..<days[0] + 3650), "\(name)")
        }
    }

    @Test(
        "what is no schedule is refused, naming the field",
        arguments: [
            ("61 * * * *", "minute"), ("* 24 * * *", "hour"), ("* * 0 * *", "day of the month"), ("* * * 13 *", "month"), ("* * * * 8", "weekday"),
            ("*/0 * * * *", "minute"), ("5-1 * * * *", "minute"), ("a * * * *", "minute"), ("1,,2 * * * *", "minute"), ("* * * *", "five fields"),
            ("0 0 31 2 *", "no year"), ("every 0s", "duration"), ("every 15 m", "duration"), ("every 9999999999d", "duration"), ("", "five fields"),
            ("+5 * * * *", "minute"),
        ])
    func refused(_ text: String, _ word: String) {
        do throws(AppError) {
            _ = try Schedule(text)
            Issue.record("\(text) is taken")
        } catch {
            #expect(error.code == .validation && error.issues.first?.issue.contains(word) == true, "\(error)")
        }
    }
}
