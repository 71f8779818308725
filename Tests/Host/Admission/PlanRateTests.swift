import Kernel
import Testing
import Wire

@testable import Host

@Suite("How often a plan lets its tenants call") struct PlanRateTests {
    private let start = ContinuousClock.now
    private let address = ClientAddress.none

    private func rules(_ rate: TenantRate) -> RateRules { RateRules(address: nil, user: nil, tenant: rate, start: start) }

    private func tenant(_ low: UInt64) -> TenantID { TenantID(UUID(high: 1, low: low)) }

    /// How many of so many calls at once are let in, and what the last refusal says.
    private func burst(_ rules: RateRules, _ number: UInt64, _ standing: PlanStanding, calls: Int, after seconds: Double = 0) -> (
        passed: Int, refusal: RateRefusal?
    ) {
        var passed = 0
        var refusal: RateRefusal?
        for _ in 0..<calls {
            do throws(RateRefusal) {
                try rules.enter(
                    UserID(.zero), tenant(number), standing: standing, from: address, at: start.advanced(by: .seconds(seconds)))
                passed += 1
            } catch { refusal = error }
        }
        return (passed, refusal)
    }

    private let small = PlanStanding(plan: "small", callsPerMinute: 6)
    private let large = PlanStanding(plan: "large", callsPerMinute: 60)

    @Test("each tenant has its own plan's calls; one whose plan says nothing is not limited")
    func plans() {
        let rules = rules(.plan)
        #expect(burst(rules, 1, small, calls: 100).passed == 6)
        #expect(burst(rules, 2, large, calls: 100).passed == 60)
        #expect(burst(rules, 3, PlanStanding(plan: "free of limits", callsPerMinute: nil), calls: 500).passed == 500)
        #expect(burst(rules, 1, small, calls: 100, after: 10).passed == 1, "one each ten seconds")
        #expect(burst(rules, 2, large, calls: 100, after: 10).passed == 10)
    }

    @Test("an upgrade and a downgrade take effect with the next call")
    func changes() {
        let rules = rules(.plan)
        #expect(burst(rules, 1, small, calls: 10).passed == 6)
        #expect(burst(rules, 1, large, calls: 100, after: 10).passed == 10, "filled at the new pace")
        #expect(burst(rules, 1, small, calls: 100, after: 20).passed == 1)
    }

    @Test("the refusal names plan, limit and the moment from which on a call is let in")
    func refusal() throws {
        let refusal = try #require(burst(rules(.plan), 1, small, calls: 7).refusal)
        #expect(refusal.scope == .plan && refusal.retryAfter == .seconds(10))
        let error = refusal.error(at: Timestamp(microseconds: 1_800_000_000_500_000))
        #expect(error.code == .rateLimited && error.code.status == 429 && error.retryAfter == .seconds(10))
        #expect(
            error.facts == [
                "limit": "calls_per_minute", "allowed": 6, "plan": "small", "resets_at": .string(Timestamp(seconds: 1_800_000_011).description),
            ])
        #expect(refusal.headers.map(\.value) == ["\"plan\";q=6;w=60", "\"plan\";r=0;t=10"])
    }

    @Test("the installation's word goes before the plan's: another rate for all, or none")
    func settings() throws {
        #expect(burst(rules(.off), 1, small, calls: 500).passed == 500)
        let every = burst(rules(.every(RateLimit(3, per: .seconds(60)))), 1, large, calls: 10)
        #expect(every.passed == 3)
        #expect(every.refusal?.error(at: Timestamp(seconds: 0)).code == .tooManyRequests)
        var settings = AdmissionSettings()
        #expect(settings.tenantRate == .plan)
        for (text, rate) in [("off", TenantRate.off), ("5/s", .every(RateLimit(5, per: .seconds(1)))), ("plan", .plan)] {
            #expect(try settings.set("RATE_TENANT", text))
            #expect(settings.tenantRate == rate)
        }
    }

    @Test("the body of a refusal carries its facts; where a field is at fault that one stands there")
    func body() throws {
        let quota = UsedQuota(limit: "rows", allowed: 7, used: 7, plan: "p", resetsAt: nil)
        let error = try JSON.read(ErrorBody.json(quota.error, requestID: "r"))["error"]
        #expect(error?["code"] == "QUOTA_EXCEEDED" && error?["errors"] == nil && error?["request_id"] == "r")
        #expect(error?["details"] == ["limit": "rows", "allowed": 7, "used": 7, "plan": "p", "resets_at": .null])
        let both = AppError(.validation, issues: [.init(field: "f", issue: "i")], facts: ["limit": "rows"])
        #expect(try JSON.read(ErrorBody.json(both, requestID: "r"))["error"]?["details"] == ["field": "f", "issue": "i"])
        #expect(try JSON.read(ErrorBody.json(AppError(.conflict), requestID: "r"))["error"]?["details"] == nil)
    }

    @Test("limits that are used up refuse what needs them and nothing else, until their month is over")
    func standing() {
        let end = Timestamp(seconds: 1_800_000_000)
        let standing = PlanStanding(
            plan: "p", callsPerMinute: nil,
            usedUp: [
                UsedQuota(limit: "uploads_per_month", allowed: 2, used: 2, plan: "p", resetsAt: end),
                UsedQuota(limit: "members", allowed: 1, used: 1, plan: "p", resetsAt: nil),
            ])
        func code(_ metrics: [QuotaMetric], _ now: Timestamp) -> ErrorCode? {
            do throws(AppError) { try standing.check(metrics, at: now) } catch { return error.code }
            return nil
        }
        #expect(code([], end - .seconds(1)) == nil)
        #expect(code([.rows, .uploads], end - .seconds(1)) == .quotaExceeded)
        #expect(code([.rows, .uploads], end) == nil)
        #expect(code([.members], end + .seconds(9)) == .quotaExceeded)
        #expect(code([.kpis, .forecasts], end - .seconds(1)) == nil)
    }
}
