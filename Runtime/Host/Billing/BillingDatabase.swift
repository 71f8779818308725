import Kernel
import Postgres

/// What the host asks of subscriptions: only whether time has brought something.
struct BillingDatabase: Sendable {
    let client: PostgresClient

    static let isDue = Statement("host.subscription_is_due", "select tenancy.subscription_is_due()", cost: .short)

    func isDue(deadline: Deadline) async throws(AppError) -> Bool {
        do {
            return try await client.run(Segment([Postgres.Call(Self.isDue, [])]), deadline: deadline).first?.first?.bool(0) ?? false
        } catch let error as PostgresError {
            throw error.appError
        } catch {
            throw AppError(.cancelled)
        }
    }
}
