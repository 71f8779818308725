import HandlerKit

/// A tenant's jobs: listed, looked at, cancelled, held up, begun anew.
enum JobRoutes {
    /// What may be done with a job, and in which states.
    static let actions = [
        ("cancel", "Cancel a job; one that runs is asked to stop", "one that has not ended"),
        ("pause", "Hold up a job that does not run yet", "one that is scheduled or waiting"),
        ("resume", "Let a job go on that was held up", "one that is paused"),
        ("retry", "Begin a job anew that was given up or cancelled", "one that is dead or cancelled"),
    ]

    @RoutesBuilder static var routes: [Route] {
        Route.get("/jobs", access: .bearer("jobs:read"), summary: "List jobs, the newest first") {
            (query: JobListQuery, invocation: Invocation) async throws -> Response in
            try await invocation.database.transaction([Call(JobsSQL.list, query.binds)])[0].page("jobs", limit: query.limit ?? 50, cursor: "id")
        }
        Route.get("/jobs/{job_id}", access: .bearer("jobs:read"), summary: "Show a job, with the errors of its attempts") {
            (path: JobPath, invocation: Invocation) async throws -> Response in
            guard let job = try await invocation.database.rows(JobsSQL.show, .uuid(path.id)).only() else { throw missing }
            return job
        }
        for (action, summary, states) in actions {
            Route.post("/jobs/{job_id}/\(action)", access: .bearer("jobs:write"), summary: summary, body: .none) {
                (path: JobPath, invocation: Invocation) async throws -> Response in
                try await invocation.database.interactive { transaction in
                    try await steer(
                        path.id, action, states, transaction,
                        [invocation.audit("job.steered", target: ("job", path.id), details: ["action": .string(action)])])
                }
            }
        }
    }

    static let missing = AppError(.notFound, "There is no such job")

    /// Does it and leaves its trace; throws `NOT_FOUND`, or `CONFLICT` where the job is in no state for it.
    static func steer(_ id: UUID, _ action: String, _ states: String, _ transaction: Transaction, _ trace: [Call]) async throws -> Response {
        guard let job = try await transaction.rows(JobsSQL.steer, .uuid(id), .text(action)).only() else {
            guard let there = try await transaction.rows(JobsSQL.show, .uuid(id)).first else { throw missing }
            throw AppError(.conflict, "Expected \(states); the job is \(try JSON.read(there.json(0))["status"]?.string ?? "another")")
        }
        _ = try await transaction.batch(trace)
        return job
    }
}
