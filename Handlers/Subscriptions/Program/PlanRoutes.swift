import Billing
import HandlerKit

/// `/plans`: what there is to subscribe to.
struct PlanRoutes: Sendable {
    @RoutesBuilder var routes: [Route] {
        Route.get("/plans", access: .anonymous, summary: "The plans that everybody may subscribe to") {
            (_: NoInput, invocation: AnonymousInvocation) async throws -> PlanList in
            PlanList(plans: try await invocation.database.rows(SubscriptionsSQL.plans).map { try JSON.read(try $0.json(0)) })
        }
        Route.get("/users/upgrade/preview", access: .bearer("billing:read"), summary: "What a change of plan costs now") {
            (input: PreviewInput, invocation: Invocation) async throws -> Preview in
            let standing = try await SubscriptionDesk.standing(invocation)
            let offer = try await SubscriptionDesk.offer(input.plan, invocation)
            let state = standing.state
            let now = invocation.time.now()
            let isLater = !offer.isAbove(standing.plan) && state.period.map { $0.end > now } == true
            return Preview(
                plan: offer.name, isUpgrade: offer.isAbove(standing.plan), effectiveAt: isLater ? state.periodEnd ?? now : now,
                proration: isLater ? nil : Proration(from: standing.plan, to: offer, in: state.period, at: now))
        }
    }
}

struct PlanList: Encodable, Sendable {
    /// In their order, the smallest first; a limit that is null is none.
    let plans: [JSONValue]
}

struct PreviewInput: Decodable, Sendable, Validated {
    let plan: String

    func validate(_ issues: inout [AppError.Issue]) { issues.requireLength(plan, "plan", 1...32) }
}

/// What a change would bring. Where Stripe charges, its own reckoning counts, which may differ by taxes and discounts.
struct Preview: Encodable, Sendable {
    let plan: String
    let isUpgrade: Bool
    let effectiveAt: Timestamp
    /// Absent where nothing is charged or given back now.
    let proration: Proration?

    enum CodingKeys: String, CodingKey {
        case plan, proration
        case isUpgrade = "is_upgrade"
        case effectiveAt = "effective_at"
    }
}
