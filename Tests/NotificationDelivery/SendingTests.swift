import Kernel
import NotificationDelivery
import NotificationRules
import Testing

@Suite struct SendingTests {
    private static let now = Timestamp("2026-03-01T08:00:00Z")!

    private struct Fixed: RandomNumberGenerator {
        let value: UInt64
        func next() -> UInt64 { value }
    }

    private func next(_ result: DeliveryAttempt.Result, _ attempt: Int = 1, random: UInt64 = .max / 2) -> DeliveryAttempt.Next {
        var random = Fixed(value: random)
        return DeliveryAttempt.next(result, attempt: attempt, using: &random)
    }

    @Test("notify-03: 2xx is delivered, 410 ends the channel, all else is tried again") func answers() {
        #expect(next(.status(200, retryAfter: nil)) == .delivered && next(.status(204, retryAfter: nil)) == .delivered)
        #expect(next(.status(410, retryAfter: nil)) == .givenUp(reason: "the receiver answered 410: it wants no more", endsChannel: true))
        for result in [
            DeliveryAttempt.Result.status(500, retryAfter: nil), .status(404, retryAfter: nil), .status(301, retryAfter: nil),
            .noAnswer("timed out"), .noAnswer("connection reset"),
        ] {
            guard case .again(let wait, _) = next(result) else {
                Issue.record("\(result) is not tried again")
                continue
            }
            #expect(wait >= .milliseconds(4500) && wait <= .milliseconds(5500))
        }
        #expect(next(.refused("a private address")) == .givenUp(reason: "a private address", endsChannel: true))
    }

    @Test("notify-03: waits grow and differ by chance, the last try ends the channel") func waits() {
        var total = Duration.zero
        var last = Duration.zero
        for attempt in 1..<DeliveryAttempt.most {
            guard case .again(let wait, _) = next(.status(500, retryAfter: nil), attempt) else {
                Issue.record("no wait behind \(attempt)")
                return
            }
            #expect(wait >= last * 0.8)
            (last, total) = (wait, total + wait)
            guard case .again(let low, _) = next(.status(500, retryAfter: nil), attempt, random: .max / 20),
                case .again(let high, _) = next(.status(500, retryAfter: nil), attempt, random: .max / 20 * 19)
            else { continue }
            #expect(low < high)
        }
        #expect(total > .seconds(24 * 3600) && total < .seconds(48 * 3600))
        guard case .givenUp(let reason, endsChannel: true) = next(.status(500, retryAfter: nil), DeliveryAttempt.most) else {
            Issue.record("it is tried without end")
            return
        }
        #expect(reason == "after 9 tries: the receiver answered 500")
    }

    @Test("notify-03: a receiver's Retry-After is waited for, a day at most") func retryAfter() {
        func wait(_ seconds: Int) -> Duration {
            if case .again(let wait, _) = next(.status(429, retryAfter: seconds)) { return wait }
            return .zero
        }
        #expect(wait(120) == .seconds(120) && wait(-5) < .seconds(6) && wait(.max) == .seconds(86_400))
    }

    @Test("a bucket lets an hour's worth go at once, then as much as it fills") func throttle() {
        var throttle = Throttle()
        for _ in 0..<10 { #expect(throttle.take(at: Self.now, perHour: 10) == nil) }
        #expect(throttle.take(at: Self.now, perHour: 10) == Self.now + .seconds(360))
        #expect(throttle.take(at: Self.now + .seconds(359), perHour: 10) != nil)
        #expect(throttle.take(at: Self.now + .seconds(361), perHour: 10) == nil)
        // A clock that went back fills nothing and loses nothing.
        #expect(throttle.take(at: Self.now, perHour: 10) != nil)
        #expect(throttle.take(at: Self.now + .seconds(7200), perHour: 10) == nil)
    }

    private func waiting(_ count: Int, _ severity: Severity = .warning, age: Int = 0, attempts: Int = 0, from first: Int = 0) -> [DispatchPlan
        .Waiting]
    {
        (0..<count).map {
            .init(id: UUID(high: 1, low: UInt64(first + $0)), severity: severity, createdAt: Self.now - .seconds(age), attempts: attempts)
        }
    }

    private func plan(_ waiting: [DispatchPlan.Waiting], _ rules: DispatchPlan.Rules = .init(), _ throttle: Throttle = Throttle()) -> [DispatchPlan
        .Action]
    {
        DispatchPlan(waiting, rules, throttle, at: Self.now).actions
    }

    @Test("few go one by one, many at once go as one") func storms() {
        let four = waiting(4)
        #expect(plan(four) == four.map { .send([$0.id]) })
        let many = waiting(1000)
        #expect(plan(many) == [.send(many.map(\.id))])
        #expect(plan([]) == [])
    }

    @Test("what was tried goes alone under its own id, so that a receiver knows it again") func tried() {
        let tried = waiting(3, attempts: 1)
        #expect(plan(tried + waiting(6, from: 10)).prefix(3) == tried.map { .send([$0.id]) }[...])
    }

    @Test("a digest gathers what is calm; critical ones go at once") func digest() {
        let rules = DispatchPlan.Rules(digestSeconds: 3600)
        let (calm, urgent) = (waiting(3, age: 600), waiting(1, .critical, from: 50))
        #expect(plan(calm + urgent, rules) == [.send(urgent.map(\.id)), .wait(calm.map(\.id), until: Self.now + .seconds(3000))])
        let due = waiting(2, age: 3600)
        #expect(plan(due, rules) == [.send(due.map(\.id))])
    }

    @Test("quiet hours of a channel hold all but what is critical; too small ones never go") func quiet() {
        let hours = WeeklyHours(from: TimeOfDay("22:00")!, to: TimeOfDay("09:30")!)
        let calm = waiting(2), urgent = waiting(1, .critical, from: 50), small = waiting(1, .info, from: 60)
        let rules = DispatchPlan.Rules(quietHours: hours, leastSeverity: .warning)
        #expect(
            plan(calm + urgent + small, rules) == [
                .drop(small.map(\.id), reason: "below the channel's least severity"), .send(urgent.map(\.id)),
                .wait(calm.map(\.id), until: Timestamp("2026-03-01T09:30:00Z")!),
            ])
    }

    @Test("a channel whose hour is used up waits, and then sends what gathered as one") func throttled() {
        var throttle = Throttle()
        for _ in 0..<60 { _ = throttle.take(at: Self.now, perHour: 60) }
        let three = waiting(3)
        #expect(plan(three, .init(perHour: 60), throttle) == three.map { .wait([$0.id], until: Self.now + .seconds(60)) })
    }

    @Test("each step of an escalation is due behind the first word") func escalation() {
        let (a, b) = (UUID(high: 1, low: 1), UUID(high: 1, low: 2))
        let escalation = Escalation([.init(afterSeconds: 600, channelIDs: [a]), .init(afterSeconds: 3600, channelIDs: [a, b])])
        #expect(
            escalation.due(from: Self.now).map { "\($0.step) \($0.channel == a ? "a" : "b") \(($0.at - Self.now).components.seconds)" } == [
                "1 a 600", "2 a 3600", "2 b 3600",
            ])
        var issues: [AppError.Issue] = []
        Escalation([.init(afterSeconds: 600, channelIDs: [a]), .init(afterSeconds: 600, channelIDs: [])]).validate(&issues)
        #expect(issues.map(\.field) == ["steps"])
    }
}
