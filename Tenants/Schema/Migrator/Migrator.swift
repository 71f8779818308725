public import Kernel
import Logging
public import Postgres

/// Brings a database's schema to what the files say: one migration, one transaction; one migrator at a time.
///
/// The client signs in as the installer: a superuser, or a role with CREATEROLE that owns the database.
public struct Migrator: Sendable {
    let client: PostgresClient
    let prefix: RolePrefix
    let series: [MigrationSeries]
    /// The longest wait for another migrator, or for a table that a transaction uses. Defaults to 10 seconds.
    public var lockTimeout: Duration = .seconds(10)

    public init(client: PostgresClient, prefix: RolePrefix, series: [MigrationSeries]) {
        self.client = client
        self.prefix = prefix
        self.series = series
    }

    /// Where each migration stands.
    public func status(deadline: Deadline) async throws -> [MigrationStatus] {
        try await client.withConnection(deadline: deadline) { connection in
            MigrationPlan(series: series, applied: try await applied(connection)).status
        }
    }

    /// Applies what is pending and returns it; where nothing is, hardens again (a restored or copied database lost part of it).
    ///
    /// Throws `CONFLICT` where files and database disagree, `UNAVAILABLE` where another migrator holds the lock.
    public func up(deadline: Deadline) async throws -> [Migration] {
        try await locked(deadline: deadline) { connection in
            let pending = try MigrationPlan(series: series, applied: try await applied(connection)).up()
            for migration in pending {
                try await take(migration, lifting: migration.liftsForce, connection) {
                    try await connection.execute(prefix.fill(migration.up))
                } record: {
                    Call(
                        MigrationSQL.record,
                        [.text(migration.series), .int32(Int32(migration.version)), .text(migration.name), .text(migration.checksum)])
                }
            }
            try await harden(connection)
            return pending
        }
    }

    /// Takes back the newest migrations of one series and returns them, newest first.
    public func down(_ name: String = "core", steps: Int = 1, deadline: Deadline) async throws -> [Migration] {
        try await locked(deadline: deadline) { connection in
            let back = try MigrationPlan(series: series, applied: try await applied(connection)).down(name, steps: steps)
            for migration in back {
                try await take(migration, lifting: migration.liftsForceBack, connection) {
                    try await connection.execute(prefix.fill(migration.down))
                } record: {
                    Call(MigrationSQL.forget, [.text(migration.series), .int32(Int32(migration.version))])
                }
            }
            return back
        }
    }

    /// Revokes again what Postgres opens to everybody, in this database. Needed in a copy made with `CREATE DATABASE … TEMPLATE`.
    public func harden(deadline: Deadline) async throws {
        try await client.withConnection(deadline: deadline) { try await harden($0) }
    }

    private func harden(_ connection: OwnConnection) async throws {
        let exists = try await connection.query("select to_regprocedure('tenancy.harden()') is not null")
        if try exists.first?.bool(0) == true { try await connection.execute("call tenancy.harden()") }
    }

    private func applied(_ connection: OwnConnection) async throws -> [AppliedMigration] {
        guard try await recordExists(connection) else { return [] }
        return try await connection.run(Segment([Call(MigrationSQL.applied)]))[0].map { row in
            AppliedMigration(
                series: try row.text(0), version: Int(try row.int64(1)), name: try row.text(2), checksum: try row.text(3),
                appliedAt: try row.timestamp(4))
        }
    }

    private func recordExists(_ connection: OwnConnection) async throws -> Bool {
        try await connection.run(Segment([Call(MigrationSQL.recordExists)]))[0].first?.bool(0) ?? false
    }

    private func take(
        _ migration: Migration, lifting tables: [String], _ connection: OwnConnection, _ step: () async throws -> Void, record: () -> Call
    ) async throws {
        do {
            try await connection.transaction {
                if migration.series != "core" { try await connection.execute("set local role \(prefix.owner)") }
                try await withoutForce(tables, connection, step)
                if try await recordExists(connection) { _ = try await connection.run(Segment([record()])) }
            }
        } catch {
            throw AppError(.conflict, "migration \(migration.label) failed and was taken back", detail: String(reflecting: error))
        }
    }

    /// Runs a step while the tables are open to their owner, and closes them before the transaction ends.
    private func withoutForce(_ tables: [String], _ connection: OwnConnection, _ step: () async throws -> Void) async throws {
        for table in try await existing(tables, connection) { try await connection.execute("alter table \(table) no force row level security") }
        try await step()
        try await connection.execute("reset role")
        for table in try await existing(tables, connection) { try await connection.execute("alter table \(table) force row level security") }
    }

    private func existing(_ tables: [String], _ connection: OwnConnection) async throws -> [String] {
        if tables.isEmpty { return [] }
        return try await connection.run(Segment([Call(MigrationSQL.tables, [.texts(tables)])]))[0].map { try $0.text(0) }
    }

    private func locked<R>(deadline: Deadline, _ body: (OwnConnection) async throws -> R) async throws -> R {
        try await client.withConnection(deadline: deadline) { connection in
            _ = try await connection.run(Segment([Call(MigrationSQL.settings, [.text("\(lockTimeout.milliseconds)ms")])]))
            do {
                _ = try await connection.run(Segment([Call(MigrationSQL.lock, [.text(prefix.description)])]))
            } catch let error as PostgresError where error.sqlState == "55P03" {
                throw AppError(.unavailable, "another migration is running in this database", detail: String(reflecting: error))
            }
            return try await body(connection)
        }
    }
}
