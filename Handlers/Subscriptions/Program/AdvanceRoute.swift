import Billing
import HandlerKit

/// `POST /internal/subscriptions/advance`: what time brings, for the host, which asks while something is due.
struct AdvanceRoute: Sendable {
    /// Tenants of one round.
    private static let most: Int32 = 50
    /// A round ends this long before nobody waits any more: longer than the provider is waited for.
    private static let reserve = Duration.seconds(20)

    let parts: Result<Parts, AppError>

    var route: Route {
        Route.post("/internal/subscriptions/advance", access: .system, summary: "End trials and periods", body: .none) {
            (_: NoInput, invocation: SystemInvocation) async throws -> AdvanceAnswer in
            let provider = try parts.get().provider
            let rows = try await invocation.functions.transaction([
                Call(SubscriptionsSQL.sweep, []), Call(SubscriptionsSQL.due, [.int32(Self.most)]),
            ])
            var answer = AdvanceAnswer(due: rows[1].count, advanced: 0)
            for row in rows[1] {
                guard invocation.deadline.remaining(at: invocation.time.instant()) > Self.reserve else { break }
                if try await advance(try Standing(row), provider, invocation) { answer.advanced += 1 }
            }
            return answer
        }
    }

    private func advance(_ standing: Standing, _ provider: any BillingProvider, _ invocation: SystemInvocation) async throws -> Bool {
        let now = invocation.time.now()
        var step = standing.state.due(plan: standing.plan, next: standing.next, at: now)
        if case .refresh(let id) = step.order {
            do {
                step = try await refreshed(id, standing.state, provider, invocation)
            } catch let error as AppError {
                invocation.logger.warning(
                    "a subscription could not be asked for; it is tried again",
                    metadata: .keys([.tenantID: "\(standing.state.tenant)", .error: "\(String(reflecting: error))"]))
            }
        }
        // Whatever came of it, it is not due at once again.
        if let due = step.state.dueAt, due <= now { step.state.dueAt = now + Subscription.retryDelay }
        let rows = try await invocation.functions.rows(
            SubscriptionsSQL.advance, .id(step.state.tenant), .int32(Int32(standing.state.revision)), .json(try JSON.encode(step.state)),
            .text(step.reason))
        return try rows.first?.bool(0) == true
    }

    private func refreshed(
        _ id: String, _ state: Subscription, _ provider: any BillingProvider, _ invocation: SystemInvocation
    ) async throws -> Step {
        var found = try await provider.report(id)
        if found == nil {
            // It is nowhere any more: it has ended.
            found = ProviderReport(
                id: id, customer: state.customerID ?? "", status: .ended, plan: nil, periodStart: state.periodStart,
                periodEnd: state.periodEnd ?? state.periodStart)
        }
        guard let found else { throw AppError(.internalError) }
        let report = try await SubscriptionDesk.checked(found) { name in
            try await invocation.functions.rows(SubscriptionsSQL.isPlan, .text(name)).first?.bool(0) == true
        }
        return state.reported(report, at: invocation.time.now())
    }
}

struct AdvanceAnswer: Encodable, Sendable {
    /// How many were due, 50 at most.
    let due: Int
    /// How many of them were moved on; the others changed in between.
    var advanced: Int
}
