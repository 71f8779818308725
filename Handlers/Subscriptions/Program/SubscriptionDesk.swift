import Billing
import HandlerKit

/// The state of the invocation's tenant: read, and replaced where nobody else did since.
struct SubscriptionDesk: Sendable {
    /// How often a change is decided anew because another one came in between.
    static let tries = 5

    let invocation: Invocation

    static func standing(_ invocation: Invocation) async throws -> Standing {
        guard let row = try await invocation.database.rows(SubscriptionsSQL.own).first else {
            throw AppError(.notFound, "This tenant has no subscription")
        }
        return try Standing(row)
    }

    /// A plan that the tenant may ask for. Throws `VALIDATION_ERROR` naming `plan` where there is none of that name for it.
    static func offer(_ name: String, _ invocation: Invocation) async throws -> PlanOffer {
        guard let row = try await invocation.database.rows(SubscriptionsSQL.offer, .text(name)).first else {
            throw AppError.invalid("plan", "expected one of the plans that GET /plans lists")
        }
        return try JSON.decode(PlanOffer.self, from: JSON.read(try row.json(0)))
    }

    /// Stores a state with a line of the audit log, both or neither. False where another change came first.
    func store(_ state: Subscription, expecting revision: Int, _ reason: String, _ line: Call? = nil) async throws -> Bool {
        let json = try JSON.encode(state)
        do {
            try await invocation.database.interactive { transaction in
                let rows = try await transaction.rows(SubscriptionsSQL.store, .int32(Int32(revision)), .json(json), .text(reason))
                guard try rows.first?.bool(0) == true else { throw Outdated() }
                if let line { _ = try await transaction.batch([line]) }
            }
            return true
        } catch is Outdated { return false }
    }

    /// A report with a plan that there is, or with none.
    static func checked(_ report: ProviderReport, isPlan: (String) async throws -> Bool) async throws -> ProviderReport {
        guard let plan = report.plan, try await !isPlan(plan) else { return report }
        var report = report
        report.plan = nil
        return report
    }

    private struct Outdated: Error {}
}
