import AlertRules
import Kernel
import MetricSeries
import NotificationRules
import Testing

@Suite struct PreviewTests {
    private static let condition = Condition.threshold(Threshold(metric: "sales", .below, 10, clearValue: 12))

    private func run(_ values: [Double], _ timing: RuleTiming = RuleTiming(), step: Int = 86_400, days: Double? = nil) throws(AppError) -> RulePreview
    {
        try RulePreview(
            Self.condition, timing, .warning, Series.history(values), .utc, from: Series.start, to: Series.time(days ?? Double(values.count - 1)),
            stepSeconds: step)
    }

    @Test("it fires where the rule would have fired, with the hysteresis") func firings() throws {
        let preview = try run([20, 9, 11, 12, 9, 5])
        #expect(preview.firings.map(\.firedAt) == [Series.time(1), Series.time(4)])
        #expect(preview.firings.map(\.resolvedAt) == [Series.time(3), nil])
        #expect(preview.firings.map(\.value) == [9, 9] && preview.firings.map(\.notices) == [2, 1])
        #expect(preview.evaluations == 6 && preview.firingCount == 2 && preview.noticeCount == 3)
        #expect(preview.state.phase == .firing)
    }

    @Test("it is the same machine as the one that runs: slot by slot the same state") func sameMachine() throws {
        let values: [Double] = (0..<60).map { Double(($0 * 7919) % 23) }
        let timing = RuleTiming(forSeconds: 3600, resolveSeconds: 7200, repeatSeconds: 14_400)
        let preview = try run(values, timing, step: 3600)
        var state = FiringState()
        var notices = 0
        for hour in 0...59 * 24 {
            notices +=
                state.step(at: Series.start + .seconds(hour * 3600), timing, .warning, .utc) {
                    Self.condition.verdict(at: Series.start + .seconds(hour * 3600), Series.history(values), isFiring: $0)
                }.notices.count
        }
        #expect(preview.state == state && preview.noticeCount == notices && notices > 20)
    }

    @Test("a rule that expects something is previewed as it would have run; forecasts are bounded") func expectations() throws {
        var values = (0..<70).map { day -> Double in
            let noise = Double((day * 7919) % 11)
            return 200 + 20 * Double(day % 7) + noise
        }
        values[64] = 5000
        func run(_ condition: Condition, from: Double, step: Int = 3600) throws(AppError) -> RulePreview {
            try RulePreview(
                condition, RuleTiming(), .warning, Series.history(values), .utc, from: Series.time(from), to: Series.time(66), stepSeconds: step)
        }
        for condition in [Condition.forecast(.init(metric: "sales", direction: .above)), .anomaly(.init(metric: "sales", sensitivity: .low))] {
            let preview = try run(condition, from: 62)
            #expect(preview.firings.first?.firedAt == Series.time(64) && preview.firings.first?.value == 5000, "\(preview.firings)")
        }
        // 300 values that lie an hour apart.
        let hours = (0..<400).map { hour -> Point in Point(time: Series.start.microseconds + Int64(hour) * 3_600_000_000, value: Double(hour % 24)) }
        let many = History(["sales": hours])
        #expect(throws: AppError.self) {
            try RulePreview(
                .forecast(.init(metric: "sales")), RuleTiming(), .warning, many, .utc, from: Series.start + .seconds(100 * 3600),
                to: Series.start + .seconds(399 * 3600), stepSeconds: 3600)
        }
    }

    @Test("steps are bounded, and slots without data are counted") func bounds() throws {
        #expect(throws: AppError.self) { try run([1], step: 30) }
        #expect(throws: AppError.self) { try run([1], step: 60, days: 4) }
        #expect(throws: AppError.self) { try run([1], days: -1) }
        #expect(try run([20], days: 40).withoutData == 6)
    }

    @Test("steps times the points that each of them looks at are bounded, whatever the condition") func work() throws {
        // A value a minute for 20 days, of which each step looks at all.
        let points = (0..<28_800).map { Point(time: Series.start.microseconds + Int64($0) * 60_000_000, value: 1) }
        let history = History(["sales": points])
        func preview(_ window: Int, steps: Int) throws(AppError) -> RulePreview {
            try RulePreview(
                .threshold(Threshold(metric: "sales", .above, 10, aggregate: .sum, windowSeconds: window)), RuleTiming(), .warning, history, .utc,
                from: Series.time(20), to: Series.time(20) + .seconds(60 * (steps - 1)), stepSeconds: 60)
        }
        do throws(AppError) {
            _ = try preview(20 * 86_400, steps: 5000)
            Issue.record("144 million points were looked at")
        } catch { #expect(error.issues.first?.field == "step_seconds") }
        #expect(try preview(20 * 86_400, steps: 2).evaluations == 2 && preview(3600, steps: 5000).evaluations == 5000)
    }
}
