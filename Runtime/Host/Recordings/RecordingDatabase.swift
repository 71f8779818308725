import Kernel
import Postgres

/// Puts sealed recordings away and takes old ones out. The host cannot read them back.
struct RecordingDatabase: Sendable {
    let client: PostgresClient

    /// The most that are kept of one tenant, and for how long.
    static let perTenant: Int64 = 200
    static let days: Double = 7

    /// $1…$9: tenant, invocation, handler, route, request, ending, status, code, sealed bytes.
    static let add = Statement(
        "host.recording_add",
        """
        insert into tenancy.recordings (tenant_id, invocation_id, handler, route, request_id, ending, status, code, sealed)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (tenant_id, invocation_id) do nothing
        """, access: .write)

    /// $1, $2: tenant, how many are kept.
    static let trim = Statement(
        "host.recording_trim",
        """
        delete from tenancy.recordings where tenant_id = $1 and invocation_id in (
            select invocation_id from tenancy.recordings where tenant_id = $1 order by recorded_at desc, invocation_id desc offset $2)
        """, access: .write)

    /// $1, $2: days, how many are taken out at once.
    static let expire = Statement(
        "host.recording_expire",
        """
        delete from tenancy.recordings r using (
            select tenant_id, invocation_id from tenancy.recordings where recorded_at < now() - make_interval(secs => $1::float8 * 86400)
            order by recorded_at limit $2) as old
        where r.tenant_id = old.tenant_id and r.invocation_id = old.invocation_id
        """, access: .write)

    func add(_ recording: RecordedInvocation, sealed: [UInt8]) async throws(AppError) {
        let facts = recording.facts
        try await run([
            Postgres.Call(
                Self.add,
                [
                    .id(recording.tenant), .id(recording.invocation), .text(facts.handler), .text("\(facts.method) \(facts.route)"),
                    .text(facts.requestID), .text(facts.ending.rawValue), .int32(Int32(facts.status)), .text(facts.code), .bytes(sealed),
                ]),
            Postgres.Call(Self.trim, [.id(recording.tenant), .int64(Self.perTenant)]),
        ])
    }

    func expire() async throws(AppError) {
        try await run([Postgres.Call(Self.expire, [.float8(Self.days), .int64(1000)])])
    }

    private func run(_ calls: [Postgres.Call]) async throws(AppError) {
        do {
            _ = try await client.run(Segment(calls), deadline: .after(.seconds(5)))
        } catch let error as PostgresError {
            throw error.appError
        } catch { throw AppError(.internalError, detail: "\(error)") }
    }
}
