import Kernel
import Testing
import Wire

@testable import Host

@Suite("How often may be called") struct RateTests {
    private let start = ContinuousClock.now
    private func at(_ seconds: Double) -> ContinuousClock.Instant { start.advanced(by: .seconds(seconds)) }

    @Test("rates as people write them")
    func text() {
        #expect(RateLimit("100/min") == RateLimit(100, per: .seconds(60)))
        #expect(RateLimit("5/s burst 20") == RateLimit(5, per: .seconds(1), burst: 20))
        #expect(RateLimit("1000/h")?.description == "1000/h burst 1000")
        for text in ["", "100", "100/day", "0/s", "-1/s", "5/s burst", "5/s burst 0", "5/s 20", "5 /s", "99999999/s"] {
            #expect(RateLimit(text) == nil)
        }
    }

    @Test("a full bucket empties at once, then fills evenly") func bucket() {
        var buckets = TokenBuckets<Int>(RateLimit(60, per: .seconds(60), burst: 10), start: start)
        for _ in 0..<10 { #expect(buckets.take(1, at: at(0)) == .taken) }
        #expect(buckets.take(1, at: at(0)) == .empty(retryAfter: .seconds(1)))
        #expect(buckets.take(2, at: at(0)) == .taken)
        #expect(buckets.take(1, at: at(0.5)) == .empty(retryAfter: .milliseconds(500)))
        #expect(buckets.take(1, at: at(1)) == .taken)
        #expect(buckets.take(1, at: at(1)) == .empty(retryAfter: .seconds(1)))
        for _ in 0..<10 { #expect(buckets.take(1, at: at(100)) == .taken) }
        #expect(buckets.take(1, at: at(100)) != .taken)
    }

    @Test("a token that is given back can be taken again") func back() {
        var buckets = TokenBuckets<Int>(RateLimit(1, per: .seconds(60)), start: start)
        for _ in 0..<100 {
            #expect(buckets.take(1, at: at(0)) == .taken)
            buckets.giveBack(1)
        }
        #expect(buckets.tokens(1, at: at(0)) == 1)
        buckets.giveBack(1)
        #expect(buckets.tokens(1, at: at(0)) == 1, "never fuller than full")
    }

    @Test("no more than the rate and the burst pass, whatever the order of calls") func random() {
        var random = FastRandom()
        for _ in 0..<50 {
            let limit = RateLimit(Int.random(in: 1...50, using: &random), per: .seconds(1), burst: Int.random(in: 1...50, using: &random))
            var buckets = TokenBuckets<Int>(limit, start: start)
            var now = 0.0
            var passed = 0
            for _ in 0..<2000 {
                now += Double.random(in: 0...0.02, using: &random)
                if buckets.take(0, at: at(now)) == .taken { passed += 1 }
            }
            #expect(Double(passed) <= now * Double(limit.count) + Double(limit.burst) + 1)
            let asked = 2000 / max(now, 1)
            if limit.burst >= 10, asked > Double(limit.count) * 1.5 { #expect(Double(passed) >= now * Double(limit.count) * 0.95) }
        }
    }

    @Test("its memory is bounded, and who goes on calling is still known") func bounded() {
        var buckets = TokenBuckets<Int>(RateLimit(1, per: .seconds(3600), burst: 2), keys: 100, start: start)
        _ = buckets.take(-1, at: at(0))
        _ = buckets.take(-1, at: at(0))
        for key in 0..<10_000 {
            _ = buckets.take(key, at: at(0))
            #expect(buckets.count <= 101)
            if key % 20 == 0 { #expect(buckets.take(-1, at: at(0)) != .taken) }
        }
    }

    @Test("members do not count on their address, and each limit stands for itself") func rules() throws {
        let rules = RateRules(
            address: RateLimit(2, per: .seconds(60)), user: RateLimit(3, per: .seconds(60)), tenant: .every(RateLimit(5, per: .seconds(60))),
            start: start)
        let address = try #require(ClientAddress("192.0.2.7"))
        let tenant = TenantID(UUID(high: 1, low: 1))
        func call(_ user: UInt64?) -> RateRules.Scope? {
            do throws(RateRefusal) {
                try rules.enter(address, at: start)
                if let user { try rules.enter(UserID(UUID(high: 2, low: user)), tenant, from: address, at: start) }
                return nil
            } catch { return error.scope }
        }
        for _ in 0..<3 { #expect(call(1) == nil) }
        #expect(call(1) == .user)
        #expect(call(2) == nil)
        #expect(call(2) == nil)
        #expect(call(3) == .tenant)
        #expect(call(nil) == nil)
        #expect(call(nil) == nil)
        #expect(call(nil) == .address)
        #expect(call(9) == .address, "who floods an address is refused before anybody looks at tokens")
    }

    @Test("auth-11: a key has its calls beside those of who made it, and shares the tenant's") func keys() throws {
        let rules = RateRules(address: nil, user: RateLimit(2, per: .seconds(60)), tenant: .every(RateLimit(5, per: .seconds(60))), start: start)
        let address = try #require(ClientAddress("192.0.2.7"))
        func call(_ key: UInt64?) -> RateRules.Scope? {
            do throws(RateRefusal) {
                try rules.enter(
                    UserID(UUID(high: 2, low: 2)), key: key.map { UUID(high: 3, low: $0) }, TenantID(UUID(high: 1, low: 1)), from: address, at: start)
                return nil
            } catch { return error.scope }
        }
        #expect([call(1), call(1), call(1)] == [nil, nil, .key])
        #expect([call(nil), call(nil), call(nil)] == [nil, nil, .user])
        #expect([call(2), call(2)] == [nil, .tenant])
    }

    @Test("a refusal says who, how much and when") func refusal() {
        let refusal = RateRefusal(scope: .user, limit: RateLimit(100, per: .seconds(60)), retryAfter: .milliseconds(1200))
        #expect(refusal.error(at: Timestamp(seconds: 0)).code == .tooManyRequests)
        #expect(refusal.headers.map { "\($0.name): \($0.value)" } == ["ratelimit-policy: \"user\";q=100;w=60", "ratelimit: \"user\";r=0;t=2"])
    }

    @Test("settings by name; wrong ones name their variable") func settings() throws {
        var settings = AdmissionSettings()
        for name in AdmissionSettings.names {
            let good =
                ["SUSPICION": "off", "TRUSTED_PROXIES": "10.0.0.0/8", "HOSTS": "a.example,*.b.example", "CORS_ORIGINS": "https://a.example"][name]
                ?? (name.hasPrefix("RATE") ? "5/s" : "7")
            #expect(try settings.set(name, good))
            if name == "HOSTS" { continue }
            do throws(AppError) {
                _ = try settings.set(name, "no/such thing")
                Issue.record("\(name) took nonsense")
            } catch { #expect(error.issues.first?.field == "TENANTRY_\(name)") }
        }
        #expect(try settings.set("RATE_USER", "off"))
        #expect(settings.userRate == nil)
        #expect(settings.heavyCalls == 7)
        #expect(try !settings.set("NOTHING", "x"))
    }
}
