import Kernel
import Testing
import Tokens

@testable import Host

@Suite("Suspects") struct SuspectTests {
    private let start = ContinuousClock.now
    private func at(_ seconds: Int) -> ContinuousClock.Instant { start.advanced(by: .seconds(seconds)) }
    private let tenant = TenantID(UUID(high: 1, low: 1))
    private func call(_ text: String, route: Int = 0) -> Fingerprint { Fingerprint(route: route, tenant: tenant, digest: SHA256.hash(text)) }

    @Test("pitfall 43: a suspect runs alone; an answer clears it, a second death convicts it for a while") func life() {
        var suspects = Suspects(.init(count: 8, suspicion: .seconds(60), conviction: .seconds(100)))
        #expect(suspects.verdict(on: call("a"), now: at(0)) == .free)
        suspects.suspect(call("a"), now: at(0))
        suspects.suspect(call("b"), now: at(0))
        #expect(suspects.verdict(on: call("a"), now: at(1)) == .alone)
        suspects.clear(call("a"))
        #expect(suspects.verdict(on: call("a"), now: at(1)) == .free)
        suspects.convict(call("b"), now: at(10))
        #expect(suspects.verdict(on: call("b"), now: at(20)) == .refused(.seconds(90)))
        suspects.clear(call("b"))
        suspects.suspect(call("b"), now: at(20))
        #expect(suspects.verdict(on: call("b"), now: at(109)) == .refused(.seconds(1)), "a conviction stands")
        #expect(suspects.verdict(on: call("b"), now: at(110)) == .free)
        #expect(suspects.count == 0)
    }

    @Test("pitfall 43: suspicion ends by itself, and only calls of the same route and tenant are looked at") func narrow() {
        var suspects = Suspects(.init(count: 8, suspicion: .seconds(60)))
        suspects.suspect(call("a", route: 3), now: at(0))
        #expect(suspects.hasAny(of: 3, tenant))
        #expect(!suspects.hasAny(of: 2, tenant))
        #expect(!suspects.hasAny(of: 3, nil))
        #expect(suspects.verdict(on: call("b", route: 3), now: at(0)) == .free)
        suspects.suspect(call("a", route: 3), now: at(1))
        #expect(suspects.verdict(on: call("a", route: 3), now: at(61)) == .free)
        #expect(!suspects.hasAny(of: 3, tenant))
    }

    @Test("they are bounded; the oldest leave") func bounded() {
        var suspects = Suspects(.init(count: 3))
        for name in ["a", "b", "c"] { suspects.suspect(call(name), now: at(0)) }
        suspects.suspect(call("a"), now: at(1))
        suspects.suspect(call("d"), now: at(1))
        #expect(suspects.count == 3)
        #expect(suspects.verdict(on: call("b"), now: at(1)) == .free)
        #expect(suspects.verdict(on: call("a"), now: at(1)) == .alone)
    }

    @Test("what is known of a conviction is kept, the last thousand of it") func store() async throws {
        let home = "/tmp/tenantry-convictions-\(UInt64.random(in: .min ... .max))"
        try File.makeFolder(home)
        defer { try? File.remove("\(home)/convictions.jsonl") }
        let store = ConvictionStore(home: home)
        #expect(try store.all().isEmpty)
        let first = Conviction(
            at: Timestamp(seconds: 1), until: Timestamp(seconds: 901), handler: "probe", program: "/p 1", route: "GET /probe/trap", tenant: tenant,
            requestID: "r", fingerprint: call("a").digest.hex, ended: "signal 4", killedFor: nil, memory: 7, cpuMilliseconds: 3)
        var second = first
        second.tenant = nil
        second.killedFor = ProcessPool.Cause.silence.rawValue
        try await store.add(first)
        try await store.add(second)
        #expect(try store.all() == [first, second])
    }
}
