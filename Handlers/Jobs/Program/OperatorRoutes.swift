import HandlerKit

/// Jobs of all tenants, for operators.
enum OperatorRoutes {
    @RoutesBuilder static var routes: [Route] {
        Route.get("/admin/jobs", access: .operator("tenants:read"), summary: "List jobs of all tenants, the newest first") {
            (query: JobListQuery, invocation: OperatorInvocation) async throws -> Response in
            try await invocation.functions.transaction([Call(JobsSQL.all, query.binds)])[0].page("jobs", limit: query.limit ?? 50, cursor: "id")
        }
        Route.get("/admin/jobs/metrics", access: .operator("tenants:read"), summary: "Show how long queues are, and how jobs went") {
            (_: NoInput, invocation: OperatorInvocation) async throws -> Response in
            guard let metrics = try await invocation.functions.rows(JobsSQL.metrics).only() else { throw AppError(.internalError) }
            return metrics
        }
        Route.get("/admin/tenants/{tenant_id}/jobs", access: .operator("tenants:read"), summary: "List a tenant's jobs, the newest first") {
            (query: TenantJobListQuery, invocation: OperatorInvocation) async throws -> Response in
            try await invocation.database.transaction([Call(JobsSQL.list, query.list.binds)])[0].page("jobs", limit: query.limit ?? 50, cursor: "id")
        }
        for (action, summary, states) in JobRoutes.actions {
            Route.post("/admin/tenants/{tenant_id}/jobs/{job_id}/\(action)", access: .operator("tenants:write"), summary: summary, body: .none) {
                (path: TenantJobPath, invocation: OperatorInvocation) async throws -> Response in
                try await invocation.database.interactive { transaction in
                    let details: JSONValue = ["job_id": .string("\(path.id)"), "action": .string(action)]
                    return try await JobRoutes.steer(
                        path.id, action, states, transaction,
                        [
                            invocation.audit("job.steered", target: ("job", path.id), details: ["action": .string(action)]),
                            invocation.event("job.steered", details: details),
                        ])
                }
            }
        }
    }
}
