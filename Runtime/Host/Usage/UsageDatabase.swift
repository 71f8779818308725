import Kernel
import Postgres

/// Writes batches of sums. A batch that is written twice counts once.
struct UsageDatabase: Sendable {
    let client: PostgresClient
    /// Names this run of the gateway, which numbers its batches.
    let writer: UUID

    /// $1, $2: writer and number; from $3 an array for each column. The writer's number moves by one with each batch; one that it has passed adds
    /// nothing.
    static let add = Statement(
        "host.usage_add",
        """
        with turn as (
            insert into tenancy.usage_writers as w (writer, batch) values ($1, $2)
            on conflict (writer) do update set batch = excluded.batch, written_at = now() where w.batch < excluded.batch
            returning batch)
        insert into tenancy.usage as u (tenant_id, handler, hour, invocations, errors, cpu_us, database_us, rows, database_bytes, request_bytes,
            answer_bytes, jobs)
        select s.* from turn, unnest($3::uuid[], $4::text[], $5::timestamptz[], $6::int8[], $7::int8[], $8::int8[], $9::int8[], $10::int8[],
            $11::int8[], $12::int8[], $13::int8[], $14::int8[]) as s
        on conflict (tenant_id, handler, hour) do update set
            invocations = u.invocations + excluded.invocations, errors = u.errors + excluded.errors, cpu_us = u.cpu_us + excluded.cpu_us,
            database_us = u.database_us + excluded.database_us, rows = u.rows + excluded.rows,
            database_bytes = u.database_bytes + excluded.database_bytes, request_bytes = u.request_bytes + excluded.request_bytes,
            answer_bytes = u.answer_bytes + excluded.answer_bytes, jobs = u.jobs + excluded.jobs
        """, access: .write)

    func write(_ batch: UsageSums.Batch, deadline: Deadline) async throws(AppError) {
        // In one order for all gateways, so that two of them cannot wait for each other.
        let sums = batch.sums.sorted { a, b in
            (a.key.tenant.uuid.high, a.key.tenant.uuid.low, a.key.handler, a.key.hour)
                < (b.key.tenant.uuid.high, b.key.tenant.uuid.low, b.key.handler, b.key.hour)
        }
        func numbers(_ value: KeyPath<Usage, Int64>) -> Bind { .int64s(sums.map { $0.value[keyPath: value] }) }
        let binds: [Bind] = [
            .uuid(writer), .int64(batch.number), .uuids(sums.map(\.key.tenant.uuid)), .texts(sums.map(\.key.handler)),
            .timestamps(sums.map(\.key.hour)), numbers(\.invocations), numbers(\.errors), numbers(\.cpuMicroseconds),
            numbers(\.databaseMicroseconds), numbers(\.rows), numbers(\.databaseBytes), numbers(\.requestBytes), numbers(\.answerBytes),
            numbers(\.jobs),
        ]
        do {
            _ = try await client.run(Segment([Postgres.Call(Self.add, binds)]), deadline: deadline)
        } catch let error as PostgresError {
            throw error.appError
        } catch { throw AppError(.internalError, detail: "\(error)") }
    }
}
