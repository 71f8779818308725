import HandlerKit

/// Removes values: what a tenant's plan keeps no longer, all of a tenant that is erased, and what an import brought that is taken back.
///
/// A handler of its own, since whoever may delete rows may also lock their table: no process that reads clients' files may.
@main struct RetentionHandler: Handler {
    init(environment: HandlerEnvironment) {}

    @RoutesBuilder var routes: [Route] {
        Route.post("/internal/retention/erase", access: .system, summary: "Remove all values of a tenant that is being erased") {
            (_: NoInput, invocation: SystemInvocation) async throws -> RemovedValues in
            let database = try invocation.database
            return RemovedValues(values: try await Removal.all { try await database.rows(RetentionSQL.removeAll, .int64(Removal.piece)) })
        }
        OldValues.route
        UndoRoute.route
    }

    @JobsBuilder var jobs: [Job] { CleanupJobs.jobs }

    static var statements: [Statement] { RetentionSQL.all + UndoSQL.all }
}

struct RemovedValues: Codable, Sendable {
    let values: Int64
}
