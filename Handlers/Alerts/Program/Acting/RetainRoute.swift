import HandlerKit

/// What the host asks for once a day: to remove what happened to alerts longer ago than the tenant's plan keeps it. What fires still stays.
enum RetainRoute {
    static let route = Route.post("/internal/alerts/retain", access: .system, summary: "Remove history that is older than the plan keeps it") {
        (input: RetainInput, invocation: SystemInvocation) async throws -> RemovedHistory in
        let database = try invocation.database
        var removed: Int64 = 0
        for statement in [RetainSQL.events, RetainSQL.firings] {
            while let count = try await database.rows(statement, .timestamp(input.before), .int64(batch)).first?.int64(0), count > 0 {
                removed += count
                try Task.checkCancellation()
            }
        }
        return RemovedHistory(rows: removed)
    }

    /// Rows in one transaction.
    private static let batch: Int64 = 5000
}

struct RetainInput: Decodable, Sendable {
    /// What is older goes.
    let before: Timestamp
}

struct RemovedHistory: Codable, Sendable {
    let rows: Int64
}

/// The statements that remove history, so much at once. $2: before when, $3: how many.
enum RetainSQL {
    static let events = Statement(
        "alerts.remove_old_events",
        """
        with old as (
            select e.alert_id, e.id from app.alert_events e where e.tenant_id = $1 and e.occurred_at < $2 order by e.occurred_at limit $3
        ), removed as (
            delete from app.alert_events e using old where e.tenant_id = $1 and e.alert_id = old.alert_id and e.id = old.id returning 1
        )
        select count(*) from removed
        """, access: .write)

    static let firings = Statement(
        "alerts.remove_old_firings",
        """
        with old as (
            select f.alert_id, f.number from app.alert_firings f
            where f.tenant_id = $1 and f.fired_at < $2 and f.resolved_at < $2 order by f.fired_at limit $3
        ), removed as (
            delete from app.alert_firings f using old where f.tenant_id = $1 and f.alert_id = old.alert_id and f.number = old.number returning 1
        )
        select count(*) from removed
        """, access: .write)

    static let all = [events, firings]
}
