import HandlerKit

/// What the host asks for once a day: to remove files that are older than the tenant's plan keeps them.
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
        return RemovedFiles(files: files)
    }
}

struct RetainInput: Decodable, Sendable {
    /// What is older goes.
    let before: Timestamp
}

struct RemovedFiles: Codable, Sendable {
    let files: Int64
}
