import Kernel
import Postgres
import Tokens

/// A package's schema in one database: its owner, its steps forwards and back.
///
/// A package's SQL is somebody else's: it never runs as the installer, who may do everything, nor as a role that could become another. It runs
/// signed in as the owner of the package's objects, who may make them in the package's schema and protect them.
struct PackageSchema {
    /// Signs in to the database as the installer.
    let client: PostgresClient
    let prefix: RolePrefix
    let name: String
    /// A client of the same database for another role and password.
    let connect: @Sendable (_ role: String, _ password: String) -> PostgresClient
    let deadline: Deadline

    private var owner: String { prefix.packageOwner(name) }

    /// Makes owner and schema where they are missing. Throws `CONFLICT` where the schema is somebody else's.
    func prepare() async throws {
        try await client.withConnection(deadline: deadline) { connection in
            let found = try await connection.run(Segment([Call(PackageSQL.schema, [.text(name), .text(prefix.owner)])]))[0][0]
            let exists = try found.int64(0) > 0
            let existing = try await connection.run(Segment([Call(RoleSQL.existing, [.texts([owner])])]))[0]
            if exists, try found.int64(1) == 0 || existing.isEmpty {
                throw AppError(.conflict, "the schema \(name) is in the database already, and not a package's; choose another name")
            }
            let database = try await connection.run(Segment([Call(RoleSQL.database)]))[0][0].text(0)
            try await connection.transaction {
                if existing.isEmpty { try await connection.execute(RoleDDL.create(owner)) }
                if !exists { try await connection.execute("create schema \(name) authorization \(prefix.owner)") }
                for statement in PackageDDL.owner(prefix, name, database: database) { try await connection.execute(statement) }
            }
        }
    }

    /// Applies what is pending, each step and its record in one transaction, and returns it.
    func up(_ series: MigrationSeries) async throws -> [Migration] {
        let pending = try MigrationPlan(series: [series], applied: try await applied()).up()
        try await asOwner(of: pending) { step, connection in
            try await connection.execute(prefix.fill(step.up))
        } record: { step in
            "select tenancy.record_step(\(step.version), '\(step.name)', '\(step.checksum)')"
        }
        try await lendToBackup()
        return pending
    }

    /// Takes all steps back, newest first, and returns them.
    func down(_ series: MigrationSeries) async throws -> [Migration] {
        let applied = try await applied().map(\.version)
        let back = series.migrations.reversed().filter { applied.contains($0.version) }
        try await asOwner(of: back) { step, connection in
            try await connection.execute(prefix.fill(step.down))
        } record: { step in
            "select tenancy.forget_step(\(step.version))"
        }
        return back
    }

    /// What stands in the schema.
    func left() async throws -> [String] {
        try await client.withConnection(deadline: deadline) { connection in
            try await connection.run(Segment([Call(PackageSQL.left, [.text(name)])]))[0].map { try $0.text(0) }
        }
    }

    private func applied() async throws -> [AppliedMigration] {
        try await client.withConnection(deadline: deadline) { connection in
            try await connection.run(Segment([Call(MigrationSQL.applied)]))[0].map { row in
                AppliedMigration(
                    series: try row.text(0), version: Int(try row.int64(1)), name: try row.text(2), checksum: try row.text(3),
                    appliedAt: try row.timestamp(4))
            }.filter { $0.series == name }
        }
    }

    private func asOwner(
        of steps: [Migration], _ take: (Migration, OwnConnection) async throws -> Void, record: (Migration) -> String
    ) async throws {
        // Where a run was killed while the owner could sign in, the next one shuts it out.
        guard !steps.isEmpty else { return try await close() }
        let password = Base64.url.encode(SecureRandom.bytes(24))
        try await open(password)
        let signedIn = connect(owner, password)
        let result: Result<Void, any Error>
        do {
            // A connection for each step: none finds what the one before left in the session.
            for step in steps { try await run(step, signedIn, take, record) }
            result = .success(())
        } catch { result = .failure(error) }
        await signedIn.shutdown()
        try await close()
        try result.get()
    }

    private func run(
        _ step: Migration, _ signedIn: PostgresClient, _ take: (Migration, OwnConnection) async throws -> Void, _ record: (Migration) -> String
    ) async throws {
        do {
            try await signedIn.withConnection(deadline: deadline) { connection in
                try await connection.execute("set search_path = pg_catalog; set lock_timeout = '10s'; set client_min_messages = warning")
                try await connection.transaction {
                    let before = try await connection.query(PackageSQL.transaction)[0].text(0)
                    try await take(step, connection)
                    guard try await connection.query(PackageSQL.transaction)[0].text(0) == before else {
                        throw AppError(.validation, "migration \(step.label) ends its transaction itself; leave out commit and rollback")
                    }
                    _ = try await connection.query(record(step))
                }
            }
        } catch let error as AppError {
            throw error
        } catch {
            throw AppError(.conflict, "migration \(step.label) failed and was taken back", detail: String(reflecting: error))
        }
    }

    private func open(_ password: String) async throws {
        try await client.withConnection(deadline: deadline) { connection in
            let end = try await connection.query("select (now() + interval '15 minutes')::text")[0].text(0)
            try await connection.transaction {
                for statement in PackageDDL.open(owner, SCRAMVerifier(password: password), until: end) { try await connection.execute(statement) }
            }
        }
    }

    private func close() async throws {
        try await client.withConnection(deadline: deadline) { connection in
            let database = try await connection.run(Segment([Call(RoleSQL.database)]))[0][0].text(0)
            try await connection.transaction {
                for statement in PackageDDL.close(owner, database: database) { try await connection.execute(statement) }
            }
        }
    }

    private func lendToBackup() async throws {
        try await client.withConnection(deadline: deadline) { connection in
            try await connection.transaction {
                if try await connection.run(Segment([Call(RoleSQL.isSuperuser)]))[0].first?.bool(0) != true {
                    try await connection.execute("grant \(owner) to current_user")
                }
                try await connection.execute("grant select on all tables in schema \(name) to \(prefix.backup)")
            }
        }
    }
}
