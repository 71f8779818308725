import AlertRules
import Kernel
import NotificationRules
import Testing

/// The machine, slot by slot. Minutes count from a Monday's midnight UTC.
@Suite struct FiringTests {
    /// A machine with what it said so far.
    private struct Run {
        var state = FiringState()
        var timing = RuleTiming()
        var severity = Severity.warning
        var zone = ZoneOffsets.utc

        mutating func step(_ minute: Int, _ truth: Verdict.Truth) -> String {
            let slot = Series.start + .seconds(minute * 60)
            let step = state.step(at: slot, timing, severity, zone) { _ in Verdict(truth, value: 1, "found") }
            return (step.events.map(\.kind) + step.notices.map { "tell \($0.kind.rawValue) \($0.firing)" }).joined(separator: ", ")
        }
    }

    @Test("without `for` it fires at once, tells once, and tells its end once") func plain() {
        var run = Run()
        #expect(run.step(0, .clear) == "")
        #expect(run.step(15, .breached) == "fired, tell fired 1")
        #expect(run.step(30, .breached) == "")
        #expect(run.step(45, .clear) == "resolved, tell resolved 1")
        #expect(run.step(60, .clear) == "")
        #expect(run.step(75, .breached) == "fired, tell fired 2")
        #expect(run.state.firing == 2 && run.state.phase == .firing)
    }

    @Test("a slot counts once, and none behind a newer one does: one alert fires once") func slots() {
        var run = Run()
        #expect(run.step(15, .breached) == "fired, tell fired 1")
        let state = run.state
        #expect(run.step(15, .clear) == "" && run.step(0, .clear) == "")
        #expect(run.state == state)
    }

    @Test("a clock that ran 14 days ahead and was put back stops no rule, and tells nothing twice") func clockPutBack() {
        var run = Run(timing: RuleTiming(forSeconds: 1800, repeatSeconds: 3600))
        let ahead = 14 * 1440
        #expect(run.step(ahead, .breached) == "pending")
        #expect(run.step(ahead + 30, .breached) == "fired, tell fired 1")
        #expect(run.step(0, .breached) == "")
        #expect(run.step(15, .breached) == "")
        #expect(run.step(60, .breached) == "tell repeated 1")
        #expect(run.step(75, .clear) == "resolved, tell resolved 1")
        #expect(run.state.firing == 1)
    }

    @Test("`for`: it must hold at each slot until then") func pending() {
        var run = Run(timing: RuleTiming(forSeconds: 1800))
        #expect(run.step(0, .breached) == "pending")
        #expect(run.step(15, .breached) == "")
        #expect(run.step(30, .clear) == "")
        #expect(run.state.phase == .normal)
        #expect(run.step(45, .breached) == "pending")
        #expect(run.step(60, .breached) == "")
        #expect(run.step(75, .breached) == "fired, tell fired 1")
    }

    @Test("`resolve_seconds`: it must be clear for so long, a relapse begins anew") func flapping() {
        var run = Run(timing: RuleTiming(resolveSeconds: 1800))
        #expect(run.step(0, .breached) == "fired, tell fired 1")
        #expect(run.step(15, .clear) == "")
        #expect(run.step(30, .breached) == "")
        #expect(run.step(45, .clear) == "")
        #expect(run.step(60, .clear) == "")
        #expect(run.step(75, .clear) == "resolved, tell resolved 1")
    }

    @Test("without data it keeps its state, fires or resolves, as the rule says") func withoutData() {
        var keep = Run()
        #expect(keep.step(0, .breached) == "fired, tell fired 1")
        #expect(keep.step(15, .unknown) == "no_data")
        #expect(keep.step(30, .unknown) == "")
        #expect(keep.step(45, .breached) == "data_back")
        var fire = Run(timing: RuleTiming(withoutData: .fire))
        #expect(fire.step(0, .unknown) == "no_data, fired, tell fired 1")
        var resolve = Run(timing: RuleTiming(withoutData: .resolve))
        #expect(resolve.step(0, .breached) == "fired, tell fired 1")
        #expect(resolve.step(15, .unknown) == "no_data, resolved, tell resolved 1")
    }

    @Test("who acknowledges hears no more of this firing, but of the next one") func acknowledged() throws {
        var run = Run(timing: RuleTiming(repeatSeconds: 1800))
        #expect(throws: AppError.self) { try run.state.acknowledge(at: Series.start) }
        #expect(run.step(0, .breached) == "fired, tell fired 1")
        #expect(run.step(15, .breached) == "")
        #expect(run.step(30, .breached) == "tell repeated 1")
        try run.state.acknowledge(at: Series.start)
        #expect(run.step(60, .breached) == "")
        #expect(run.step(75, .clear) == "resolved, tell resolved 1")
        #expect(run.step(90, .breached) == "fired, tell fired 2")
        #expect(run.step(120, .breached) == "tell repeated 2")
    }

    @Test("notify-10: in quiet hours nobody is told; what is still true behind them is told then") func quiet() {
        let night = WeeklyHours(from: TimeOfDay("22:00")!, to: TimeOfDay("07:00")!)
        var run = Run(timing: RuleTiming(quietHours: night))
        #expect(run.step(60, .breached) == "fired")
        #expect(run.step(120, .breached) == "")
        #expect(run.step(420, .breached) == "tell fired 1")
        // What begins and ends within them is in the history alone.
        var short = Run(timing: RuleTiming(quietHours: night))
        #expect(short.step(60, .breached) == "fired")
        #expect(short.step(75, .clear) == "resolved")
        #expect(short.step(420, .clear) == "")
        // The end of what was told before them is told behind them.
        var long = Run(timing: RuleTiming(quietHours: night))
        #expect(long.step(1200, .breached) == "fired, tell fired 1")
        #expect(long.step(1330, .clear) == "resolved")
        #expect(long.step(1440 + 420, .clear) == "tell resolved 1")
        // In the tenant's zone: there it is evening already.
        var tokyo = Run(timing: RuleTiming(quietHours: night), zone: ZoneOffsets([.init(start: Timestamp(seconds: 0), seconds: 32_400)]))
        #expect(tokyo.step(13 * 60 + 30, .breached) == "fired")
        // Critical ones pass, unless they are told not to.
        var critical = Run(timing: RuleTiming(quietHours: night), severity: .critical)
        #expect(critical.step(60, .breached) == "fired, tell fired 1")
        critical = Run(timing: RuleTiming(quietHours: night, quietExceptCritical: false), severity: .critical)
        #expect(critical.step(60, .breached) == "fired")
    }

    @Test(
        "notify-10: quiet hours over midnight, in the nights in which clocks change: told at seven by the clocks of the zone",
        arguments: [
            // The hour from two to three is left out; comes twice; a usual night.
            ("2026-03-28T21:45:00Z", "2026-03-29T05:00:00Z"), ("2026-10-24T20:45:00Z", "2026-10-25T06:00:00Z"),
            ("2026-06-10T20:45:00Z", "2026-06-11T05:00:00Z"),
        ])
    func quietNights(fired: String, told: String) throws {
        let hours = WeeklyHours(from: try #require(TimeOfDay("22:00")), to: try #require(TimeOfDay("07:00")))
        #expect(try Self.told(hours, from: try #require(Timestamp(fired))) == "fired \(told)")
    }

    @Test("notify-10: quiet hours that lie in the hour that is left out are none that day; in the hour that comes twice they come twice")
    func quietHour() throws {
        let hours = WeeklyHours(from: try #require(TimeOfDay("02:00")), to: try #require(TimeOfDay("03:00")))
        #expect(try Self.told(hours, from: try #require(Timestamp("2026-03-29T01:00:00Z"))) == "fired 2026-03-29T01:00:00Z")
        #expect(try Self.told(hours, from: try #require(Timestamp("2026-10-25T00:00:00Z"))) == "fired 2026-10-25T02:00:00Z")
        #expect(try Self.told(hours, from: try #require(Timestamp("2026-10-25T01:30:00Z"))) == "fired 2026-10-25T02:00:00Z")
    }

    /// An alert in Berlin that fires from a moment on: what was told first within a day, and when.
    private static func told(_ hours: WeeklyHours, from start: Timestamp) throws -> String {
        let berlin = ZoneOffsets(
            try [("2025-10-26T01:00:00Z", 3600), ("2026-03-29T01:00:00Z", 7200), ("2026-10-25T01:00:00Z", 3600)].map {
                .init(start: try #require(Timestamp($0.0)), seconds: $0.1)
            })
        var state = FiringState()
        let timing = RuleTiming(quietHours: hours)
        for quarter in 0..<96 {
            let slot = start + .seconds(quarter * 900)
            let step = state.step(at: slot, timing, .warning, berlin) { _ in Verdict(.breached, "found") }
            if let notice = step.notices.first { return "\(notice.kind.rawValue) \(slot)" }
        }
        return "nothing"
    }

    @Test("hysteresis with `for`: between both values it goes on firing and does not begin to, and each way takes its time") func hysteresis() {
        let condition = Condition.threshold(Threshold(metric: "sales", .above, 10, clearValue: 5))
        let timing = RuleTiming(forSeconds: 2 * 86_400, resolveSeconds: 86_400)
        // A value a day.
        let values: [Double] = [11, 8, 12, 11, 9, 11, 12, 13, 8, 6, 4, 6, 4, 4, 8]
        var state = FiringState()
        let events = values.indices.map { day in
            state.step(at: Series.time(Double(day)), timing, .warning, .utc) {
                condition.verdict(at: Series.time(Double(day)), Series.history(values), isFiring: $0)
            }.events.map(\.kind).joined()
        }
        // 8 and 9 end what is pending; firing, 8 and 6 are not clear yet, and the relapse to 6 lets the way back begin anew.
        #expect(events == ["pending", "", "pending", "", "", "pending", "", "fired", "", "", "", "", "", "resolved", ""])
    }

    @Test("a snooze outlives a restart: nobody is told before its end, and what is still true is told once then") func snoozeKept() throws {
        var run = Run()
        run.state.snooze(until: Series.start + .seconds(3600))
        func restart() throws { run.state = try JSON.decode(FiringState.self, from: try JSON.read(try JSON.encode(run.state))) }
        try restart()
        #expect(run.step(15, .breached) == "fired")
        try restart()
        #expect(run.state.snoozedUntil == Series.start + .seconds(3600))
        #expect(run.step(45, .breached) == "")
        try restart()
        #expect(run.step(60, .breached) == "tell fired 1")
        try restart()
        #expect(run.step(75, .breached) == "" && run.state.snoozedUntil == nil)
    }

    @Test("a snooze holds what is to be told; what is over by then is not told at all") func snooze() {
        var run = Run()
        run.state.snooze(until: Series.start + .seconds(3600))
        #expect(run.step(0, .breached) == "fired")
        #expect(run.step(30, .breached) == "")
        #expect(run.step(60, .breached) == "tell fired 1")
        #expect(run.state.snoozedUntil == nil)
        var over = Run()
        over.state.snooze(until: Series.start + .seconds(3600))
        #expect(over.step(0, .breached) == "fired")
        #expect(over.step(30, .clear) == "resolved")
        #expect(over.step(60, .clear) == "")
    }

    @Test("outside of its schedule a rule is not evaluated, and its state stays") func schedule() {
        let office = WeeklyHours(days: [.monday, .tuesday], from: TimeOfDay("09:00")!, to: TimeOfDay("17:00")!)
        var run = Run(timing: RuleTiming(schedule: office))
        #expect(run.step(8 * 60, .breached) == "")
        #expect(run.step(9 * 60, .breached) == "fired, tell fired 1")
        #expect(run.step(17 * 60, .clear) == "")
        #expect(run.state.phase == .firing)
        #expect(run.step(1440 + 540, .clear) == "resolved, tell resolved 1")
        #expect(run.step(2 * 1440 + 540, .breached) == "")
    }

    @Test("a rule that was changed begins anew, and ends what it had told of") func restart() {
        var run = Run()
        #expect(run.step(0, .breached) == "fired, tell fired 1")
        let step = run.state.restart(at: Series.start + .seconds(60))
        #expect(step.events == [.resolved(1)] && step.notices == [.init(.resolved, firing: 1)])
        #expect(run.step(15, .breached) == "fired, tell fired 2")
        // A pending one ends without a word.
        var pending = Run(timing: RuleTiming(forSeconds: 3600))
        _ = pending.step(0, .breached)
        #expect(pending.state.restart(at: Series.start) == FiringStep())
        #expect(pending.state.phase == .normal)
    }

    @Test("the state is the same behind storing and reading it, at every step of a long random run") func stored() throws {
        var random = Seeded(state: 42)
        var one = Run(timing: RuleTiming(forSeconds: 1800, resolveSeconds: 900, repeatSeconds: 3600))
        var two = one
        var numbers: [Int] = []
        for minute in stride(from: 0, to: 15 * 5000, by: 15) {
            let truth = [Verdict.Truth.breached, .breached, .clear, .unknown][Int(random.next() % 4)]
            two.state = try JSON.decode(FiringState.self, from: try JSON.read(try JSON.encode(two.state)))
            let (a, b) = (one.step(minute, truth), two.step(minute, truth))
            #expect(a == b)
            if a.contains("tell fired") { numbers.append(one.state.firing) }
        }
        // Each firing was told of once, in order.
        #expect(numbers.count > 50 && zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 })
    }

    private struct Seeded {
        var state: UInt64
        /// SplitMix64 (Steele, Lea, Flood 2014).
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }
}
