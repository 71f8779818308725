import Kernel
import Postgres

/// Jobs and timers as they lie in the database, for the command line.
struct StoredJobs {
    let client: PostgresClient

    struct Listed: Encodable {
        let id: UUID
        /// Nil: the installation's own.
        let tenant: String?
        let handler: String
        let kind: String
        let status: String
        let attempt: Int
        let dueAt: Timestamp
        let error: String?

        enum CodingKeys: String, CodingKey {
            case id, tenant, handler, kind, status, attempt, error
            case dueAt = "due_at"
        }
    }

    struct Timer: Encodable {
        let tenant: String?
        let handler: String
        let name: String
        let schedule: String
        let timeZone: String
        let nextAt: Timestamp?
        let lastOutcome: String?
        let paused: Bool

        enum CodingKeys: String, CodingKey {
            case tenant, handler, name, schedule, paused
            case timeZone = "time_zone"
            case nextAt = "next_at"
            case lastOutcome = "last_outcome"
        }
    }

    private static let list = Statement(
        "cli.jobs",
        """
        select j.id, t.slug, j.handler, j.kind, j.status, j.attempt, j.due_at, j.errors -> -1 ->> 'code'
        from tenancy.jobs j left join tenancy.tenants t on t.id = j.owner_id
        where ($1::uuid is null or j.tenant_id = $1) and ($2::text is null or j.status = $2) and ($3::text is null or j.handler = $3)
        order by j.id desc limit $4
        """)
    private static let show = Statement("cli.job", "select tenancy.job_json(j) from tenancy.jobs j where j.id = $1")
    private static let steer = Statement(
        "cli.job_steer",
        "select tenancy.job_json(s) from tenancy.jobs j cross join lateral tenancy.steer_job(j.tenant_id, j.id, $2) s where j.id = $1", access: .write
    )
    private static let redrive = Statement(
        "cli.jobs_redrive",
        """
        select count(*) from (select tenant_id, id from tenancy.jobs
            where status = 'dead' and ($1::uuid is null or tenant_id = $1) and ($2::text is null or handler = $2) limit $3) j
        cross join lateral tenancy.steer_job(j.tenant_id, j.id, 'retry') s
        """, access: .write)
    private static let timers = Statement(
        "cli.timers",
        """
        select o.slug, t.handler, t.name, t.definition ->> 'schedule', coalesce(t.next_zone, t.definition ->> 'time_zone'), t.next_at,
            (select c.outcome from tenancy.timer_occurrences c where c.tenant_id = t.tenant_id and c.handler = t.handler and c.timer = t.name
                order by c.fire_at desc limit 1), t.paused
        from tenancy.timers t left join tenancy.tenants o on o.id = t.owner_id
        where $1::uuid is null or t.tenant_id = $1 order by o.slug nulls first, t.handler, t.name limit $2
        """)

    func list(tenant: TenantID?, status: String?, handler: String?, limit: Int, deadline: Deadline) async throws -> [Listed] {
        let binds: [Bind] = [
            .optional(tenant?.uuid, Bind.uuid), .optional(status, Bind.text), .optional(handler, Bind.text), .int64(Int64(max(1, limit))),
        ]
        return try await client.run(Segment([Call(Self.list, binds)]), deadline: deadline)[0].map { row in
            Listed(
                id: try row.uuid(0), tenant: try row.optionalText(1), handler: try row.text(2), kind: try row.text(3), status: try row.text(4),
                attempt: Int(try row.int32(5)), dueAt: try row.timestamp(6), error: try row.optionalText(7))
        }
    }

    /// Throws `NOT_FOUND`.
    func show(_ id: UUID, deadline: Deadline) async throws -> JSONValue {
        guard let row = try await client.run(Segment([Call(Self.show, [.uuid(id)])]), deadline: deadline)[0].first else {
            throw AppError(.notFound, "there is no job \(id); those that are completed are kept for a day")
        }
        return try JSON.read(try row.json(0))
    }

    /// Throws `NOT_FOUND`, or `CONFLICT` where the job is in no state for it.
    func steer(_ id: UUID, _ action: String, deadline: Deadline) async throws -> JSONValue {
        guard let row = try await client.run(Segment([Call(Self.steer, [.uuid(id), .text(action)])]), deadline: deadline)[0].first else {
            let status = try await show(id, deadline: deadline)["status"]?.string ?? "another"
            throw AppError(.conflict, "the job is \(status), which \(action) does not go with")
        }
        return try JSON.read(try row.json(0))
    }

    /// Begins jobs anew that were given up; how many.
    func redrive(tenant: TenantID?, handler: String?, most: Int, deadline: Deadline) async throws -> Int64 {
        let binds: [Bind] = [.optional(tenant?.uuid, Bind.uuid), .optional(handler, Bind.text), .int64(Int64(max(1, most)))]
        return try await client.run(Segment([Call(Self.redrive, binds)]), deadline: deadline)[0][0].int64(0)
    }

    func timers(tenant: TenantID?, limit: Int, deadline: Deadline) async throws -> [Timer] {
        let binds: [Bind] = [.optional(tenant?.uuid, Bind.uuid), .int64(Int64(max(1, limit)))]
        return try await client.run(Segment([Call(Self.timers, binds)]), deadline: deadline)[0].map { row in
            Timer(
                tenant: try row.optionalText(0), handler: try row.text(1), name: try row.text(2), schedule: try row.text(3),
                timeZone: try row.text(4),
                nextAt: row.isNull(5) ? nil : try row.timestamp(5), lastOutcome: try row.optionalText(6), paused: try row.bool(7))
        }
    }
}
