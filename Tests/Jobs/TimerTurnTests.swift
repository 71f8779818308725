import Jobs
import Kernel
import Testing

@Suite("turns of timers") struct TimerTurnTests {
    private func turn(_ due: String?, _ now: String, _ catchUp: TimerDefinition.CatchUp, _ schedule: String = "0 * * * *") throws -> TimerTurn {
        TimerTurn(due: try due.map(Zones.time), now: try Zones.time(now), schedule: try Schedule(schedule), zone: .utc, catchUp: catchUp)
    }

    private func words(_ turn: TimerTurn) -> [String] { turn.occurrences.map { "\($0.fireAt) \($0.outcome.rawValue) \($0.times)" } }

    @Test("a time that comes fires, and the next one follows") func onTime() throws {
        for catchUp in [TimerDefinition.CatchUp.skip, .latest, .all(3)] {
            let turn = try turn("2026-01-01T03:00:00Z", "2026-01-01T03:00:00Z", catchUp)
            #expect(words(turn) == ["2026-01-01T03:00:00Z fired 1"])
            #expect(try turn.next == Zones.time("2026-01-01T04:00:00Z"))
        }
    }

    @Test("pitfall 40: a restart across a time fires it once, whatever the timer catches up with") func restart() throws {
        for catchUp in [TimerDefinition.CatchUp.skip, .latest, .all(3)] {
            let turn = try turn("2026-01-01T03:00:00Z", "2026-01-01T03:00:01Z", catchUp)
            #expect(words(turn) == ["2026-01-01T03:00:00Z fired 1"])
            // Who looks again sees a time that has not come.
            #expect(try self.turn(turn.next?.description, "2026-01-01T03:00:01Z", catchUp).occurrences.isEmpty)
        }
    }

    @Test("pitfall 42: after 14 days no more jobs come than the timer says; each time that got none is counted") func longStop() throws {
        let (due, now) = ("2026-01-01T00:00:00Z", "2026-01-15T00:30:00Z")
        #expect(try words(turn(due, now, .skip)) == ["2026-01-14T23:00:00Z missed 336", "2026-01-15T00:00:00Z missed 1"])
        #expect(try words(turn(due, now, .latest)) == ["2026-01-14T23:00:00Z missed 336", "2026-01-15T00:00:00Z caught_up 1"])
        #expect(
            try words(turn(due, now, .all(2))) == [
                "2026-01-14T22:00:00Z missed 335", "2026-01-14T23:00:00Z caught_up 1", "2026-01-15T00:00:00Z caught_up 1",
            ])
        #expect(try turn(due, now, .all(2)).next == Zones.time("2026-01-15T01:00:00Z"))
    }

    @Test("pitfall 42: a stop of years is looked through in bounded time") func years() throws {
        let turn = try turn("2001-01-01T00:00:00Z", "2026-01-15T00:30:00Z", .latest, "every 1s")
        #expect(turn.occurrences.map(\.outcome) == [.missed, .fired])
        #expect(try turn.next == Zones.time("2026-01-15T00:30:01Z"))
    }

    @Test("a clock that is put back fires nothing twice; a new timer begins with its next time") func back() throws {
        let early = try turn("2026-01-15T01:00:00Z", "2026-01-01T00:00:00Z", .all(9))
        #expect(try early.occurrences.isEmpty && early.next == Zones.time("2026-01-15T01:00:00Z"))
        let new = try turn(nil, "2026-01-01T00:30:00Z", .all(9))
        #expect(try new.occurrences.isEmpty && new.next == Zones.time("2026-01-01T01:00:00Z"))
    }

    @Test("tenants are spread evenly, each always to the same place") func spread() {
        var random = SplitMix(state: 7)
        var buckets = [Int](repeating: 0, count: 10)
        for _ in 0..<10_000 {
            let tenant = UUID.v7(at: Timestamp(seconds: 1_800_000_000), using: &random)
            let wait = TimerTurn.spread(tenant, timer: "forecasts", over: 600)
            #expect(wait == TimerTurn.spread(tenant, timer: "forecasts", over: 600))
            #expect(wait >= .zero && wait < .seconds(600))
            buckets[Int(wait.milliseconds / 60_000)] += 1
        }
        #expect(buckets.allSatisfy { (850...1150).contains($0) }, "\(buckets)")
        #expect(TimerTurn.spread(.zero, timer: "rates", over: 600) == .zero)
    }

    @Test("catch-up is read, and what is none refused") func catchUp() throws {
        var timer = TimerDefinition(kind: "a", schedule: "@daily")
        for (text, rule) in [("skip", TimerDefinition.CatchUp.skip), ("latest", .latest), ("all(7)", .all(7))] {
            timer.catchUp = text
            #expect(try timer.catchUpRule == rule)
        }
        for text in ["all", "all()", "all(0)", "all(1001)", "none", "all(7", ""] {
            timer.catchUp = text
            #expect(throws: AppError.self) { try timer.catchUpRule }
        }
    }
}

/// Vigna, "SplitMix64".
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
