import Jobs
import Kernel
import Manifest
import Postgres

/// Timers and what became of their times.
struct TimerDatabase: Sendable {
    let client: PostgresClient

    /// A timer that has come to its time, or is to be reckoned.
    struct Due: Sendable {
        /// All zero: the installation's own.
        let tenant: UUID
        let handler: String
        let name: String
        let definition: TimerDefinition
        let tenantZone: String
        let dueAt: Timestamp?
        /// What the database's clock says.
        let now: Timestamp
    }

    /// One time of a timer, with the job that it gets if it gets one.
    struct Firing: Sendable {
        let occurrence: TimerTurn.Occurrence
        let job: UUID
        /// How long the job waits.
        let delay: Duration
    }

    private static let sync = Statement("host.timers_sync", "select tenancy.sync_timers($1, $2)", access: .write)
    private static let due = Statement(
        "host.timers_due",
        "select tenant_id, handler, name, definition, tenant_zone, next_at, tenancy.timer_clock() from tenancy.due_timers($1, $2)")
    private static let next = Statement("host.timers_next", "select extract(epoch from tenancy.next_timer() - tenancy.timer_clock())::float8")
    private static let fire = Statement(
        "host.timers_fire", "select tenancy.fire_timer($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)", access: .write)

    /// The timers of a handler are these from now on; how many changed.
    func sync(_ handler: String, _ timers: [Manifest.Timer]) async throws(AppError) -> Int64 {
        let list = try timers.map { timer throws(AppError) -> JSONValue in
            ["name": .string(timer.name), "scope": .string(timer.scope.rawValue), "definition": try JSON.read(try JSON.encode(timer.definition))]
        }
        return try await ask(Self.sync, [.text(handler), .json(Array(JSONValue.array(list).description.utf8))]) { row throws(PostgresError) in
            try row.int64(0)
        }.first ?? 0
    }

    /// Those that have come to their time.
    func due(of handlers: [String], most: Int) async throws(AppError) -> [Due] {
        let rows = try await ask(Self.due, [.texts(handlers), .int32(Int32(most))]) { row throws(PostgresError) in
            (
                try row.uuid(0), try row.text(1), try row.text(2), try row.json(3), try row.text(4), row.isNull(5) ? nil : try row.timestamp(5),
                try row.timestamp(6)
            )
        }
        return try rows.map { row throws(AppError) in
            Due(
                tenant: row.0, handler: row.1, name: row.2, definition: try JSON.decode(TimerDefinition.self, from: try JSON.read(row.3)),
                tenantZone: row.4, dueAt: row.5, now: row.6)
        }
    }

    /// In how many seconds the next one comes to its time; nil: none does.
    func next() async throws(AppError) -> Double? {
        try await ask(Self.next, []) { row throws(PostgresError) in row.isNull(0) ? nil : try row.float8(0) }.first ?? nil
    }

    /// What became of one timer.
    struct Turn: Sendable {
        let due: Due
        let firings: [Firing]
        let next: Timestamp?
        let zone: String
    }

    /// Writes down what became of timers' times and makes their jobs, all in one transaction. How many; those that another gateway has seen to count not.
    func fire(_ turns: [Turn]) async throws(AppError) -> Int {
        let calls = turns.map { turn in
            Postgres.Call(
                Self.fire,
                [
                    .uuid(turn.due.tenant), .text(turn.due.handler), .text(turn.due.name), .optional(turn.due.dueAt, Bind.timestamp),
                    .optional(turn.next, Bind.timestamp), .text(turn.zone),
                    .timestamps(turn.firings.map(\.occurrence.fireAt)), .texts(turn.firings.map(\.occurrence.outcome.rawValue)),
                    .int64s(turn.firings.map { Int64($0.occurrence.times) }), .uuids(turn.firings.map(\.job)),
                    .float8s(turn.firings.map { Double($0.delay.milliseconds) / 1000 }),
                ])
        }
        return try await ask(calls) { row throws(PostgresError) in try row.int32(0) }.count { $0 == 1 }
    }

    private func ask<Value>(
        _ statement: Statement, _ binds: [Bind], _ read: (Row) throws(PostgresError) -> Value
    ) async throws(AppError) -> [Value] {
        try await ask([Postgres.Call(statement, binds)], read)
    }

    private func ask<Value>(_ calls: [Postgres.Call], _ read: (Row) throws(PostgresError) -> Value) async throws(AppError) -> [Value] {
        guard !calls.isEmpty else { return [] }
        do {
            var values: [Value] = []
            for rows in try await client.run(Segment(calls), deadline: .after(.seconds(30))) {
                for row in rows { values.append(try read(row)) }
            }
            return values
        } catch let error as PostgresError {
            throw error.appError
        } catch { throw AppError(.internalError, detail: "\(error)") }
    }
}
