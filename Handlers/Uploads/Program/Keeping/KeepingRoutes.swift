import HandlerKit

/// What the host asks for by itself: to remove what a tenant's plan keeps no longer, and to empty a tenant before it is erased.
struct KeepingRoutes: Sendable {
    @RoutesBuilder var routes: [Route] {
        Route.post("/internal/uploads/retain", access: .system, summary: "Remove values that are older than the plan keeps them") {
            (input: RetainInput, invocation: SystemInvocation) async throws -> RemovedValues in
            try await remove(invocation) { try await $0.rows(KeepingSQL.removeOld, .timestamp(input.before), .int64(Self.batch)) }
        }
        Route.post("/internal/uploads/erase", access: .system, summary: "Remove all values of a tenant that is being erased") {
            (_: NoInput, invocation: SystemInvocation) async throws -> RemovedValues in
            try await remove(invocation) { try await $0.rows(KeepingSQL.removeAll, .int64(Self.batch)) }
        }
    }

    /// Values in one transaction. In pieces, so that nobody waits long for a lock and what was done stays done.
    private static let batch: Int64 = 20_000

    private func remove(_ invocation: SystemInvocation, _ step: (TenantDatabase) async throws -> Rows) async throws -> RemovedValues {
        let database = try invocation.database
        var removed: Int64 = 0
        while let count = try await step(database).first?.int64(0), count > 0 {
            removed += count
            try Task.checkCancellation()
        }
        return RemovedValues(values: removed)
    }
}

struct RetainInput: Decodable, Sendable {
    /// What is older goes.
    let before: Timestamp
}

struct RemovedValues: Codable, Sendable {
    let values: Int64
}

/// The statements that remove values, so many at once.
enum KeepingSQL {
    /// $2: before when, $3: how many. From source to source along the key, which leads to the oldest of each.
    static let removeOld = Statement(
        "uploads.remove_old",
        """
        with recursive sources as (
            (select k.source_id from app.kpi_data k where k.tenant_id = $1 order by k.source_id limit 1)
            union all
            select (select k.source_id from app.kpi_data k where k.tenant_id = $1 and k.source_id > s.source_id order by k.source_id limit 1)
            from sources s where s.source_id is not null
        ), old as (
            select d.source_id, d."timestamp"
            from sources s
            cross join lateral (
                select k.source_id, k."timestamp" from app.kpi_data k
                where k.tenant_id = $1 and k.source_id = s.source_id and k."timestamp" < $2
                order by k."timestamp" limit $3) d
            limit $3
        ), removed as (
            delete from app.kpi_data d using old
            where d.tenant_id = $1 and d.source_id = old.source_id and d."timestamp" = old."timestamp"
            returning d.source_id
        )
        select count(*) from removed
        """, access: .write)

    /// $2: how many.
    static let removeAll = Statement(
        "uploads.remove_all",
        """
        with old as (
            select k.source_id, k."timestamp" from app.kpi_data k where k.tenant_id = $1 order by k.source_id, k."timestamp" limit $2
        ), removed as (
            delete from app.kpi_data d using old
            where d.tenant_id = $1 and d.source_id = old.source_id and d."timestamp" = old."timestamp"
            returning d.source_id
        )
        select count(*) from removed
        """, access: .write)

    static let all = [removeOld, removeAll]
}
