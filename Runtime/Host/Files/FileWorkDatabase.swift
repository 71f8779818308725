import Kernel
import Postgres

/// The queue of what is to be done with files.
struct FileWorkDatabase: Sendable {
    let client: PostgresClient
    /// Names this run of the gateway in claims.
    let claimer: UUID

    /// How long a claim holds without being renewed, in seconds.
    static let lease: Double = 30

    /// Something that this gateway has claimed.
    struct Work: Sendable, Hashable {
        let tenant: TenantID
        /// `read`, `import` or `remove`.
        let kind: String
        /// Of the file, the import or the object.
        let id: UUID
        /// How often it was begun, this time included.
        let attempt: Int
    }

    static let claim = Statement(
        "host.file_work_claim",
        "select tenant_id, kind, id, attempt from tenancy.claim_file_work($1, make_interval(secs => $2::float8), $3)", access: .write)
    static let renew = Statement(
        "host.file_work_renew", "select tenancy.renew_file_work($1, $2, $3, $4, make_interval(secs => $5::float8))", access: .write)
    static let end = Statement("host.file_work_end", "select tenancy.end_file_work($1, $2, $3, $4, $5)", access: .write)

    /// What is due longest, at most so much.
    func claim(most: Int) async throws(AppError) -> [Work] {
        try await ask(Self.claim, [.uuid(claimer), .float8(Self.lease), .int32(Int32(most))]) { row throws(PostgresError) in
            Work(tenant: TenantID(try row.uuid(0)), kind: try row.text(1), id: try row.uuid(2), attempt: Int(try row.int32(3)))
        }
    }

    /// Whether the claim still holds.
    func renew(_ work: Work) async throws(AppError) -> Bool {
        try await ask(Self.renew, key(work) + [.float8(Self.lease)]) { row throws(PostgresError) in try row.bool(0) }.first ?? false
    }

    /// It is done; or it is tried again after a wait.
    func end(_ work: Work, again: Duration? = nil) async throws(AppError) {
        _ = try await ask(Self.end, key(work) + [.optional(again.map { Double($0.milliseconds) / 1000 }, Bind.float8)]) { _ in () }
    }

    private func key(_ work: Work) -> [Bind] { [.id(work.tenant), .text(work.kind), .uuid(work.id), .uuid(claimer)] }

    private func ask<Value>(
        _ statement: Statement, _ binds: [Bind], _ read: (Row) throws(PostgresError) -> Value
    ) async throws(AppError) -> [Value] {
        do {
            var values: [Value] = []
            for row in try await client.run(Segment([Postgres.Call(statement, binds)]), deadline: .after(.seconds(10)))[0] {
                values.append(try read(row))
            }
            return values
        } catch let error as PostgresError {
            throw error.appError
        } catch { throw AppError(.internalError, detail: "\(error)") }
    }
}
