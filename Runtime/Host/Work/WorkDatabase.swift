import Kernel
import Postgres

/// One queue of work as this gateway sees it.
struct WorkDatabase: Sendable {
    let queue: WorkQueue
    let client: PostgresClient
    /// Names this run of the gateway in claims.
    let claimer: UUID

    /// How long a claim holds without being renewed, in seconds.
    static let lease: Double = 30

    /// Something that this gateway has claimed.
    struct Work: Sendable, Hashable {
        let tenant: TenantID
        let kind: String
        let id: UUID
        /// How often it was begun, this time included.
        let attempt: Int
    }

    /// What is due longest, at most so much.
    func claim(most: Int) async throws(AppError) -> [Work] {
        try await ask(queue.claim, [.uuid(claimer), .float8(Self.lease), .int32(Int32(most))]) { row throws(PostgresError) in
            Work(tenant: TenantID(try row.uuid(0)), kind: try row.text(1), id: try row.uuid(2), attempt: Int(try row.int32(3)))
        }
    }

    /// Whether the claim still holds.
    func renew(_ work: Work) async throws(AppError) -> Bool {
        try await ask(queue.renew, key(work) + [.float8(Self.lease)]) { row throws(PostgresError) in try row.bool(0) }.first ?? false
    }

    /// It is done; or it is tried again after a wait.
    func end(_ work: Work, again: Duration? = nil) async throws(AppError) {
        _ = try await ask(queue.end, key(work) + [.optional(again.map { Double($0.milliseconds) / 1000 }, Bind.float8)]) { _ in () }
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
