import HandlerKit

/// Removes values: what a tenant's plan keeps no longer, all of a tenant that is erased, and what an import brought that is taken back.
///
/// A handler of its own, since whoever may delete rows may also lock their table: no process that reads clients' files may.
@main struct RetentionHandler: Handler {
    init(environment: HandlerEnvironment) {}

    @RoutesBuilder var routes: [Route] {
        Route.post("/internal/retention/retain", access: .system, summary: "Remove values that are older than the plan keeps them") {
            (input: RetainInput, invocation: SystemInvocation) async throws -> RemovedValues in
            // What imports replaced first, so that no undo brings back what is older.
            _ = try await remove(invocation) { try await $0.rows(RetentionSQL.removeOldReplaced, .timestamp(input.before), .int64(Self.batch)) }
            return try await remove(invocation) { try await $0.rows(RetentionSQL.removeOld, .timestamp(input.before), .int64(Self.batch)) }
        }
        Route.post("/internal/retention/erase", access: .system, summary: "Remove all values of a tenant that is being erased") {
            (_: NoInput, invocation: SystemInvocation) async throws -> RemovedValues in
            try await remove(invocation) { try await $0.rows(RetentionSQL.removeAll, .int64(Self.batch)) }
        }
        UndoRoute.route
    }

    static var statements: [Statement] { RetentionSQL.all + UndoSQL.all }

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
