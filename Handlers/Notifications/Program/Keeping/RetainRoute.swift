import HandlerKit

/// What the host asks for once a day: to remove messages, tries and notifications that are older than the tenant's plan keeps them.
enum RetainRoute {
    static let route = Route.post("/internal/notifications/retain", access: .system, summary: "Remove what is older than the plan keeps it") {
        (input: RetainInput, invocation: SystemInvocation) async throws -> RemovedRows in
        let database = try invocation.database
        var removed: Int64 = 0
        for statement in RetainSQL.all {
            while let count = try await database.rows(statement, .timestamp(input.before), .int64(batch)).first?.int64(0), count > 0 {
                removed += count
                try Task.checkCancellation()
            }
        }
        return RemovedRows(rows: removed)
    }

    /// Rows in one transaction.
    private static let batch: Int64 = 5000
}

struct RetainInput: Decodable, Sendable {
    /// What is older goes.
    let before: Timestamp
}

struct RemovedRows: Codable, Sendable {
    let rows: Int64
}

/// The statements that remove so much at once. $2: before when, $3: how many.
enum RetainSQL {
    static let messages = Statement(
        "notifications.remove_old_messages",
        """
        with old as (
            select o.id from app.notification_outbox o where o.tenant_id = $1 and o.status <> 'waiting' and o.ended_at < $2 order by o.ended_at limit $3
        ), removed as (
            delete from app.notification_outbox o using old where o.tenant_id = $1 and o.id = old.id returning 1
        )
        select count(*) from removed
        """, access: .write)

    static let deliveries = Statement(
        "notifications.remove_old_deliveries",
        """
        with old as (
            select d.id from app.notification_deliveries d where d.tenant_id = $1 and d.occurred_at < $2 order by d.occurred_at limit $3
        ), removed as (
            delete from app.notification_deliveries d using old where d.tenant_id = $1 and d.id = old.id returning 1
        )
        select count(*) from removed
        """, access: .write)

    static let notifications = Statement(
        "notifications.remove_old",
        """
        with old as (
            select n.id from app.notifications n where n.tenant_id = $1 and n.created_at < $2 order by n.created_at limit $3
        ), removed as (
            delete from app.notifications n using old where n.tenant_id = $1 and n.id = old.id returning 1
        )
        select count(*) from removed
        """, access: .write)

    static let all = [messages, deliveries, notifications]
}
