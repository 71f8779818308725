import HandlerKit

/// What the host asks for once a day: to remove files, and what imports replaced, that are older than the tenant's plan keeps them.
enum KeepingRoutes {
    static let route = Route.post("/internal/uploads/retain", access: .system, summary: "Remove files that are older than the plan keeps them") {
        (input: RetainInput, invocation: SystemInvocation) async throws -> RemovedFiles in
        let database = try invocation.database
        var files: Int64 = 0
        while true {
            let old = try await database.rows(FilesSQL.old, .timestamp(input.before), .int64(100))
            if old.isEmpty { break }
            files += Int64(old.count)
            // The rows now, their bytes soon.
            let ids = try old.map { try $0.uuid(0) }
            _ = try await database.transaction(
                ids.flatMap { id in
                    [Call(FilesSQL.remove, [.uuid(id)]), Call(FilesSQL.addWork, [.text("remove"), .uuid(id), .float8(0)])]
                })
            try Task.checkCancellation()
        }
        while let count = try await database.rows(KeepingSQL.removeOldReplaced, .timestamp(input.before), .int64(batch)).first?.int64(0), count > 0 {
            try Task.checkCancellation()
        }
        return RemovedFiles(files: files)
    }

    /// Rows in one transaction. In pieces, so that nobody waits long for a lock and what was done stays done.
    private static let batch: Int64 = 20_000
}

struct RetainInput: Decodable, Sendable {
    /// What is older goes.
    let before: Timestamp
}

struct RemovedFiles: Codable, Sendable {
    let files: Int64
}

/// The statements that remove what imports replaced, so much at once.
enum KeepingSQL {
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

    static let all = [removeOldReplaced]
}
