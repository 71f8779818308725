import HandlerKit

/// What the host asks for by itself: to remove what a tenant's plan keeps no longer, and to empty a tenant before it is erased.
struct KeepingRoutes: Sendable {
    @RoutesBuilder var routes: [Route] {
        Route.post("/internal/uploads/retain", access: .system, summary: "Remove values and files that are older than the plan keeps them") {
            (input: RetainInput, invocation: SystemInvocation) async throws -> RemovedValues in
            try await removeFiles(before: input.before, invocation)
            let kept = try await remove(invocation) { try await $0.rows(KeepingSQL.removeOldReplaced, .timestamp(input.before), .int64(Self.batch)) }
            let values = try await remove(invocation) { try await $0.rows(KeepingSQL.removeOld, .timestamp(input.before), .int64(Self.batch)) }
            return RemovedValues(values: values.values + kept.values)
        }
        Route.post("/internal/uploads/erase", access: .system, summary: "Remove all values of a tenant that is being erased") {
            (_: NoInput, invocation: SystemInvocation) async throws -> RemovedValues in
            // The gateway removes the tenant's objects by itself, and all other rows in one go.
            try await remove(invocation) { try await $0.rows(KeepingSQL.removeAll, .int64(Self.batch)) }
        }
    }

    /// Values in one transaction. In pieces, so that nobody waits long for a lock and what was done stays done.
    private static let batch: Int64 = 20_000

    /// The rows now, their bytes soon.
    private func removeFiles(before: Timestamp, _ invocation: SystemInvocation) async throws {
        let database = try invocation.database
        while true {
            let old = try await database.rows(FilesSQL.old, .timestamp(before), .int64(100))
            if old.isEmpty { return }
            try Task.checkCancellation()
            let ids = try old.map { try $0.uuid(0) }
            _ = try await database.transaction(
                ids.flatMap { id in
                    [Call(FilesSQL.remove, [.uuid(id)]), Call(FilesSQL.addWork, [.text("remove"), .uuid(id), .float8(0)])]
                })
        }
    }

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

    /// Values that imports replaced. $2: before when, $3: how many.
    static let removeOldReplaced = Statement(
        "uploads.remove_old_replaced",
        """
        with old as (
            select r.import_id, r.source_id, r."timestamp" from app.import_replaced r where r.tenant_id = $1 and r."timestamp" < $2
            order by r.import_id, r.source_id, r."timestamp" limit $3
        ), removed as (
            delete from app.import_replaced r using old
            where r.tenant_id = $1 and r.import_id = old.import_id and r.source_id = old.source_id and r."timestamp" = old."timestamp"
            returning 1
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

    static let all = [removeOld, removeOldReplaced, removeAll]
}
