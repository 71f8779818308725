public import Kernel
public import Postgres

/// Shows subscriptions, and decides what waits for an operator. The client signs in as the admin role, or as the installer.
public struct Subscriptions: Sendable {
    let client: PostgresClient

    public init(client: PostgresClient) { self.client = client }

    /// All by slug, or only those that ask for a plan.
    public func list(onlyRequests: Bool, deadline: Deadline) async throws -> [SubscriptionRecord] {
        try await run(SubscriptionsSQL.list, [.bool(onlyRequests)], deadline).map(Self.record)
    }

    /// Gives a tenant the plan that it asks for, from now on. Throws `NOT_FOUND` where it asks for none.
    public func approve(_ slugOrID: String, reason: String, deadline: Deadline) async throws -> SubscriptionRecord {
        guard (0...500).contains(reason.unicodeScalars.count) else { throw AppError.invalid("reason", "expected at most 500 characters") }
        let done = try await run(SubscriptionsSQL.approve, [.text(slugOrID), .text(reason)], deadline).first
        guard let done, try ["changed", "same"].contains(done.text(0)) else { throw Self.nothing(slugOrID) }
        return try await show(slugOrID, deadline)
    }

    /// Tells a tenant no: what it asked for waits no more. Throws `NOT_FOUND` where it asks for none.
    public func refuse(_ slugOrID: String, deadline: Deadline) async throws -> SubscriptionRecord {
        guard try await !run(SubscriptionsSQL.refuse, [.text(slugOrID)], deadline).isEmpty else { throw Self.nothing(slugOrID) }
        return try await show(slugOrID, deadline)
    }

    private func show(_ slugOrID: String, _ deadline: Deadline) async throws -> SubscriptionRecord {
        guard let row = try await run(SubscriptionsSQL.show, [.text(slugOrID)], deadline).first else { throw Self.nothing(slugOrID) }
        return try Self.record(row)
    }

    private func run(_ statement: Statement, _ binds: [Bind], _ deadline: Deadline) async throws -> Rows {
        try await client.run(Segment([Call(statement, binds)]), deadline: deadline)[0]
    }

    private static func nothing(_ slugOrID: String) -> AppError {
        AppError(.notFound, "there is no tenant \(slugOrID) that asks for a plan")
    }

    private static func record(_ row: Row) throws -> SubscriptionRecord {
        SubscriptionRecord(
            tenant: TenantID(try row.uuid(0)), slug: try row.text(1), plan: try row.text(2), status: try row.text(3), provider: try row.text(4),
            periodEnd: row.isNull(5) ? nil : try row.timestamp(5), trialEnd: row.isNull(6) ? nil : try row.timestamp(6),
            scheduledPlan: row.isNull(7) ? nil : try row.text(7), requestedPlan: row.isNull(8) ? nil : try row.text(8))
    }
}
