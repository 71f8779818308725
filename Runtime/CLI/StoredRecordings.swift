import Kernel
import Postgres

/// The recordings as they lie in the database, sealed.
struct StoredRecordings {
    let client: PostgresClient

    struct Listed: Encodable {
        let invocation: InvocationID
        let tenant: TenantID
        let slug: String
        let handler: String
        let route: String
        let requestID: String
        let ending: String
        let status: Int
        let code: String
        let recordedAt: Timestamp

        enum CodingKeys: String, CodingKey {
            case invocation, tenant, slug, handler, route, ending, status, code
            case requestID = "request_id"
            case recordedAt = "recorded_at"
        }
    }

    private static let list = Statement(
        "cli.recordings",
        """
        select r.invocation_id, r.tenant_id, t.slug, r.handler, r.route, r.request_id, r.ending, r.status, r.code, r.recorded_at
        from tenancy.recordings r join tenancy.tenants t on t.id = r.tenant_id
        where $1::uuid is null or r.tenant_id = $1 order by r.recorded_at desc, r.invocation_id desc limit $2
        """)

    private static let find = Statement(
        "cli.recording",
        """
        select tenant_id, invocation_id, sealed from tenancy.recordings
        where invocation_id::text = lower($1) or request_id = $1 order by recorded_at desc limit 1
        """)

    func list(tenant: TenantID?, limit: Int, deadline: Deadline) async throws -> [Listed] {
        let call = Call(Self.list, [.optional(tenant?.uuid, Bind.uuid), .int64(Int64(max(1, limit)))])
        return try await client.run(Segment([call]), deadline: deadline)[0].map { row in
            Listed(
                invocation: InvocationID(try row.uuid(0)), tenant: TenantID(try row.uuid(1)), slug: try row.text(2), handler: try row.text(3),
                route: try row.text(4), requestID: try row.text(5), ending: try row.text(6), status: Int(try row.int64(7)), code: try row.text(8),
                recordedAt: try row.timestamp(9))
        }
    }

    /// By the invocation's id or the request's, the newest. Throws `NOT_FOUND`.
    func find(_ id: String, deadline: Deadline) async throws -> (tenant: TenantID, invocation: InvocationID, sealed: [UInt8]) {
        guard let row = try await client.run(Segment([Call(Self.find, [.text(id)])]), deadline: deadline)[0].first else {
            throw AppError(.notFound, "no invocation is recorded under the id \(id); recordings are kept for seven days")
        }
        return (TenantID(try row.uuid(0)), InvocationID(try row.uuid(1)), try row.bytes(2))
    }
}
