import Addresses
import Kernel
import Testing

@testable import Outbound

@Suite struct FetchingMachinesTests {
    private static let now = Timestamp("2026-03-01T12:00:00Z")!

    // MARK: dates

    @Test(
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"), ("Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37Z"),
            ("Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37Z"), ("Mon, 29 Feb 2027 00:00:00 GMT", nil), ("Sun, 06 Nov 1994 08:49:37 PST", nil),
            ("Sun, 06 Nov 1994 24:49:37 GMT", nil), ("0", nil), ("", nil), ("tomorrow", nil), ("Sun, 06 Nov 1994 08:49 GMT", nil),
        ] as [(String, String?)])
    func `dates of HTTP in their three forms`(text: String, expected: String?) {
        #expect(HTTPDate.read(text)?.description == expected)
    }

    @Test(
        arguments: [
            ("120", 120.0), ("0", 0), ("Sun, 01 Mar 2026 12:01:00 GMT", 60), ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
            ("99999999999999999999", 366 * 86_400), ("Fri, 31 Dec 9999 23:59:59 GMT", 366 * 86_400), ("-5", nil),
            ("1.5", nil), ("soon", nil), ("", nil),
        ] as [(String, Double?)])
    func `Retry-After is seconds or a date`(text: String, seconds: Double?) {
        #expect(RetryAfter.read(text, at: Self.now) == seconds.map { .seconds($0) })
    }

    // MARK: retries

    private static func fetch(_ method: String = "GET", tries: Int = 4) throws -> Fetch {
        var fetch = Fetch(HTTPRequest(method, try WebAddress("https://api.example.com/x")))
        fetch.tries = tries
        return fetch
    }

    @Test func `pauses grow, are spread and are bounded`() throws {
        var plan = RetryPlan(try Self.fetch(tries: 50))
        let fault = FetchFault(.unreachable, host: "h")
        var caps: [Duration] = []
        for tries in 1...12 {
            plan.tries = tries
            let most = try #require(plan.pause(after: fault, left: .seconds(900), random: 0.999_999))
            let least = try #require(plan.pause(after: fault, left: .seconds(900), random: 0))
            #expect(least == .zero && most <= .seconds(15))
            caps.append(most)
        }
        #expect(caps == caps.sorted() && caps[0] > .milliseconds(499) && caps[0] <= .milliseconds(500) && caps[11] > .seconds(14))
    }

    @Test func `what the provider asks for is waited for, or said`() throws {
        var plan = RetryPlan(try Self.fetch())
        plan.tries = 1
        let soon = FetchFault(.rateLimited, host: "h", status: 429, retryAfter: .seconds(3))
        for random in [0, 0.5, 0.99] {
            let pause = try #require(plan.pause(after: soon, left: .seconds(60), random: random))
            #expect(pause >= .seconds(3) && pause <= .seconds(4))
        }
        #expect(plan.pause(after: FetchFault(.rateLimited, host: "h", retryAfter: .seconds(16)), left: .seconds(60), random: 0) == nil)
        #expect(plan.pause(after: soon, left: .seconds(2), random: 0) == nil)
    }

    @Test(arguments: FetchFault.Kind.allCases)
    func `only what may go better is tried again`(kind: FetchFault.Kind) throws {
        var plan = RetryPlan(try Self.fetch())
        plan.tries = 1
        let expected: Set<FetchFault.Kind> = [.nameUnknown, .unreachable, .connectionLost, .timedOut, .rateLimited, .providerError]
        #expect((plan.pause(after: FetchFault(kind, host: "h"), left: .seconds(60), random: 0.5) != nil) == expected.contains(kind))
        plan.tries = 4
        #expect(plan.pause(after: FetchFault(kind, host: "h"), left: .seconds(60), random: 0.5) == nil)
    }

    @Test func `what may have been done is not done twice`() throws {
        var plan = RetryPlan(try Self.fetch("POST"))
        plan.tries = 1
        func isTried(_ kind: FetchFault.Kind, _ status: Int? = nil) -> Bool {
            plan.pause(after: FetchFault(kind, host: "h", status: status), left: .seconds(60), random: 0) != nil
        }
        #expect(!isTried(.connectionLost) && !isTried(.timedOut) && !isTried(.providerError, 500))
        #expect(isTried(.unreachable) && isTried(.rateLimited, 429) && isTried(.providerError, 503))
    }

    // MARK: circuits

    @Test func `a host that fails is left alone, tried once, and left alone for longer`() {
        let start = ContinuousClock.now
        var circuit = Circuit()
        for _ in 0..<4 { circuit.record(failed: true, at: start) }
        #expect(circuit.pause(at: start) == nil)
        circuit.record(failed: true, at: start)
        #expect(circuit.pause(at: start) == .seconds(30) && circuit.pause(at: start + .seconds(29)) == .seconds(1))
        // Transfers that were under way say nothing new.
        circuit.record(failed: true, at: start + .seconds(5))
        #expect(circuit.pause(at: start + .seconds(29)) == .seconds(1))
        // One is let through, the others wait for it.
        #expect(circuit.pause(at: start + .seconds(30)) == nil)
        #expect(circuit.pause(at: start + .seconds(31)) != nil)
        circuit.record(failed: true, at: start + .seconds(32))
        #expect(circuit.pause(at: start + .seconds(32)) == .seconds(60))
        #expect(circuit.pause(at: start + .seconds(92)) == nil)
        circuit.record(failed: false, at: start + .seconds(93))
        #expect(circuit == Circuit() && circuit.pause(at: start + .seconds(93)) == nil)
    }

    @Test func `a try that never comes back is replaced after a while`() {
        let start = ContinuousClock.now
        var circuit = Circuit()
        for _ in 0..<5 { circuit.record(failed: true, at: start) }
        #expect(circuit.pause(at: start + .seconds(30)) == nil)
        #expect(circuit.pause(at: start + .seconds(59)) != nil)
        #expect(circuit.pause(at: start + .seconds(60)) == nil)
    }

    @Test func `circuits of many hosts are bounded, and those that answer are forgotten`() {
        var table = CircuitTable()
        for index in 0..<3000 { table.record("host\(index)", failed: true, at: .now) }
        #expect(table.count == CircuitTable.limit)
        table.record("host2999", failed: false, at: .now)
        #expect(table.count == CircuitTable.limit - 1)
    }

    // MARK: quotas

    @Test func `all windows have room, or nothing is taken`() {
        var counters = QuotaCounters()
        let quotas = [ProviderQuota(2, per: .minute), ProviderQuota(3, per: .day)]
        #expect(counters.take("p", quotas, at: Self.now) == .granted)
        #expect(counters.take("p", quotas, at: Self.now + .seconds(59)) == .granted)
        #expect(counters.take("p", quotas, at: Self.now + .seconds(59)) == .spent(until: Self.now + .seconds(60)))
        #expect(counters.take("q", quotas, at: Self.now + .seconds(59)) == .granted)
        #expect(counters.take("p", quotas, at: Self.now + .seconds(60)) == .granted)
        #expect(counters.take("p", quotas, at: Self.now + .seconds(61)) == .spent(until: Timestamp("2026-03-02T00:00:00Z")!))
        #expect(counters.take("p", quotas, at: Timestamp("2026-03-02T00:00:00Z")!) == .granted)
    }

    @Test(arguments: [
        ("2026-02-28T23:59:59Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"),
        ("2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z"),
        ("2026-12-31T12:00:00Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        ("2028-01-31T12:00:00Z", "2028-01-01T00:00:00Z", "2028-02-01T00:00:00Z"),
    ])
    func `months are those of the calendar`(instant: String, start: String, end: String) throws {
        let bounds = ProviderQuota.Window.month.bounds(at: try #require(Timestamp(instant)))
        #expect(bounds.start.description == start && bounds.end.description == end)
    }

    // MARK: reasons

    @Test(arguments: FetchFault.Kind.allCases)
    func `every fault has a reason for people who run no servers`(kind: FetchFault.Kind) {
        let fault = FetchFault(kind, host: "api.example.com", status: 503, retryAfter: .seconds(90), tries: 2, detail: "CURLE_RECV_ERROR 0x7f")
        #expect(fault.reason.count > 30 && fault.reason.hasSuffix(".") && !fault.reason.contains("CURLE") && !fault.reason.contains(kind.rawValue))
        #expect(kind == .quotaSpent || kind == .cancelled || fault.reason.contains("api.example.com"))
        #expect(fault.appError.message.isEmpty == false && fault.appError.code.status < 600)
    }

    @Test(arguments: [(1, "1 second "), (90, "90 seconds "), (600, "10 minutes "), (7201, "3 hours ")])
    func `a pause is told in words`(seconds: Int, text: String) {
        #expect(FetchFault(.rateLimited, host: "h", retryAfter: .seconds(seconds)).reason.contains("in \(text)at the earliest"))
    }
}
