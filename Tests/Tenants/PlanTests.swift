import Kernel
import Testing

@testable import Tenants

@Suite("Plans") struct PlanRulesTests {
    @Test("limits are set by name, within their range, and taken away")
    func limits() throws {
        var limits = PlanLimits()
        for name in PlanLimits.names {
            #expect(limits[name] == nil)
            try limits.set(name, 7)
            #expect(limits[name] == 7)
            try limits.set(name, nil)
            #expect(limits[name] == nil)
        }
        for (name, value) in [("calls_per_minute", 0), ("members", 0), ("retention_days", 36_501), ("rows", -1), ("gold", 1)] as [(String, Int64)] {
            let error = #expect(throws: AppError.self, "\(name)") { try limits.set(name, value) }
            #expect(error?.issues.first?.field == name)
        }
        #expect(limits["gold"] == nil)
        #expect(limits == PlanLimits())
    }

    @Test("every fault of a plan is named at once")
    func faults() {
        var plan = Plan(name: "Gold", title: "")
        plan.priceMinor = -1
        plan.currency = "eur"
        plan.trialDays = 400
        #expect(plan.issues.map(\.field) == ["name", "title", "price_minor", "currency", "trial_days"])
        #expect(Plan(name: "gold_2", title: "Gold").issues.isEmpty)
    }
}
