import Testing

@testable import Postgres

@Suite struct RetryTests {
    @Test(
        "SQLSTATEs that are not the segment's own fault",
        arguments: [
            ("26000", false, RetryRules.Failure.stalePlan), ("0A000", false, .stalePlan), ("57014", true, .bystander), ("57014", false, .other),
            ("23505", true, .other),
        ])
    func classes(state: String, isBystander: Bool, expected: RetryRules.Failure) {
        #expect(RetryRules.Failure(sqlState: state, isBystander: isBystander) == expected)
    }

    @Test("a stale plan is tried once more, reads and writes alike", arguments: [Statement.Access.read, .write])
    func stalePlan(access: Statement.Access) {
        var rules = RetryRules()
        #expect(rules.failed(.stalePlan, access: access, isAbandoned: false) == .retry)
        #expect(rules.failed(.stalePlan, access: access, isAbandoned: false) == .fail)
    }

    @Test("after a lost connection a read is tried once more, a write never")
    func lost() {
        var read = RetryRules()
        #expect(read.failed(.connectionLost, access: .read, isAbandoned: false) == .retry)
        #expect(read.failed(.connectionLost, access: .read, isAbandoned: false) == .fail)
        var write = RetryRules()
        #expect(write.failed(.connectionLost, access: .write, isAbandoned: false) == .fail)
    }

    @Test("pitfall 36: a bystander is tried again, also more than once, but not for ever")
    func bystander() {
        var rules = RetryRules()
        for _ in 0..<8 { #expect(rules.failed(.bystander, access: .read, isAbandoned: false) == .retry) }
        #expect(rules.failed(.bystander, access: .read, isAbandoned: false) == .fail)
    }

    @Test("nothing is tried again for a caller who has gone, nor after an error of its own")
    func noRetry() {
        var rules = RetryRules()
        #expect(rules.failed(.connectionLost, access: .read, isAbandoned: true) == .fail)
        #expect(rules.failed(.other, access: .read, isAbandoned: false) == .fail)
    }

    @Test("pauses double up to two seconds, and lose up to a half by chance")
    func backoff() {
        var backoff = Backoff()
        let full: [Int64] = [50, 100, 200, 400, 800, 1600, 2000, 2000]
        for milliseconds in full { #expect(backoff.failed(jitter: 1) == .milliseconds(milliseconds)) }
        #expect(backoff.failed(jitter: 0) == .seconds(1))
        backoff.succeeded()
        #expect(backoff.failed(jitter: 0) == .milliseconds(25))
    }
}
