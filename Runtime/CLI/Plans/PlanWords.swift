import ArgumentParser
import Kernel
import Tenants

/// What a command says of a plan. What is left out stays as it is.
struct PlanWords: ParsableArguments {
    @Option(help: "What people call it.") var title: String?
    @Option(help: "A sentence about it.") var description: String?
    @Option(help: "Its place in the order in which plans are shown.") var position: Int?
    @Flag(inversion: .prefixedNo, help: "Whether everybody may see and choose it.") var `public`: Bool?
    @Option(help: "Its price for each interval, in minor units of the currency (cents).") var price: Int64?
    @Option(help: "A code of ISO 4217, such as EUR.") var currency: String?
    @Option(help: "How often it is paid: month or year.") var interval: String?
    @Option(help: "Days of trial.") var trialDays: Int?
    @Flag(inversion: .prefixedNo, help: "Whether members need a second factor.") var mfaRequired: Bool?
    @Option(name: .customLong("limit"), help: "NAME=NUMBER or NAME=none; as often as needed. Names: \(PlanLimits.names.joined(separator: ", ")).")
    var limits: [String] = []

    func write(to plan: inout Plan) throws(AppError) {
        if let title { plan.title = title }
        if let description { plan.description = description }
        if let position { plan.position = position }
        if let isPublic = self.public { plan.isPublic = isPublic }
        if let price { plan.priceMinor = price }
        if let currency { plan.currency = currency }
        if let interval {
            guard let known = Plan.Interval(rawValue: interval) else { throw AppError.invalid("interval", "expected month or year; got \(interval)") }
            plan.billingInterval = known
        }
        if let trialDays { plan.trialDays = trialDays }
        if let mfaRequired { plan.mfaRequired = mfaRequired }
        for limit in limits {
            let parts = limit.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, parts[1] == "none" || Int64(parts[1]) != nil else {
                throw AppError.invalid("limit", "expected NAME=NUMBER or NAME=none; got \(limit)")
            }
            try plan.limits.set(String(parts[0]), Int64(parts[1]))
        }
    }
}
