import Billing
import HandlerKit

/// `POST /internal/subscriptions/erase`: a tenant is to be forgotten, so nobody charges it any more, and the provider forgets it too.
///
/// May be called again: who is gone there stays gone. What cannot be done now is answered with 503, and asked for again.
struct EraseRoute: Sendable {
    let parts: Result<Parts, AppError>

    var route: Route {
        Route.post("/internal/subscriptions/erase", access: .system, summary: "End the payments of a tenant", body: .none) {
            (_: NoInput, invocation: SystemInvocation) async throws -> EraseAnswer in
            guard let row = try await invocation.database.rows(SubscriptionsSQL.own).first,
                let customer = try Standing(row).state.customerID
            else { return EraseAnswer(ended: false) }
            let provider = try parts.get().provider
            guard provider.terms.takesPayments else {
                // An erasure is not held up for it, but somebody must know.
                invocation.logger.error(
                    "a tenant that is erased has an account at a payment provider that is not set up here any more",
                    metadata: .keys([.reason: "\(customer)"]))
                return EraseAnswer(ended: false)
            }
            try await provider.forget(customer: customer)
            return EraseAnswer(ended: true)
        }
    }
}

struct EraseAnswer: Encodable, Sendable {
    /// Whether there was an account at the provider.
    let ended: Bool
}
