import Jobs
import Kernel
import Manifest
import Testing

@Suite("Timers of handler.yaml") struct TimerManifestTests {
    private func read(_ timers: String) throws(AppError) -> [Manifest.Timer] {
        try Manifest.read("name: a\nprogram: b\ntimers:\n\(timers)\n", path: "h/handler.yaml").timers
    }

    private func issues(_ timers: String) -> [String] {
        do throws(AppError) {
            _ = try read(timers)
            return []
        } catch { return error.issues.map { "\($0.field): \($0.issue)" } }
    }

    @Test("job and schedule are enough; every key is read") func keys() throws {
        let plain = try read("  nightly: {job: forecast, schedule: \"0 2 * * *\"}")
        #expect(plain == [.init(name: "nightly", scope: .tenant, definition: TimerDefinition(kind: "forecast", schedule: "0 2 * * *"))])
        let full = try read(
            "  t: {job: j, schedule: every 15m, scope: system, time_zone: Europe/Berlin, overlap: allow, catch_up: all(3), spread: 10m, priority: 1, max_attempts: 9}"
        )[0]
        var definition = TimerDefinition(kind: "j", schedule: "every 15m")
        definition.timeZone = "Europe/Berlin"
        definition.overlap = .allow
        definition.catchUp = "all(3)"
        definition.spreadSeconds = 600
        definition.priority = 1
        definition.maxAttempts = 9
        #expect(try read("  t: {job: j, schedule: \"@daily\", overlap: queue}")[0].definition.overlap == .queue)
        #expect(full == .init(name: "t", scope: .system, definition: definition))
    }

    @Test("each fault is named with its line") func faults() {
        #expect(issues("  t: {job: j}") == ["h/handler.yaml:4: the key `schedule` is missing"])
        #expect(issues("  t: {job: j, schedule: \"61 * * * *\"}").first?.contains("minute `61`") == true)
        #expect(
            issues("  t:\n    job: j\n    schedule: \"@daily\"\n    overlapp: skip").first
                == "h/handler.yaml:7: unknown key `overlapp`; did you mean `overlap`?")
        #expect(issues("  t: {job: j, schedule: \"@daily\", overlap: never}").first?.contains("unknown value `never`") == true)
        #expect(issues("  t: {job: j, schedule: \"@daily\", catch_up: all(0)}").first?.contains("all(1)") == true)
        #expect(issues("  t: {job: j, schedule: \"@daily\", time_zone: ../etc}").first?.contains("found `../etc`") == true)
        #expect(issues("  T: {job: j, schedule: \"@daily\"}").first?.contains("expected a name") == true)
        #expect(issues("  - t").first?.contains("expected names and schedules") == true)
    }
}
