import Kernel
import Manifest
import Postgres
import Tokens

/// A whole installation of one package in a database and with roles of its own, thrown away afterwards.
///
/// What a package's SQL does there reaches neither the installation's data nor its roles, which belong to the whole server. Only what leaves
/// every wall standing there comes near the real ones.
struct DryRun {
    let client: PostgresClient
    let prefix: RolePrefix
    let core: MigrationSeries
    /// A client for a role and password in a database; without a role: the installer.
    let connect: @Sendable (_ role: (name: String, password: String)?, _ database: String) -> PostgresClient
    let deadline: Deadline

    /// The roles' prefix there, and the database's name: one for each installation, so that a run finds what a killed one left.
    static func scratch(of prefix: RolePrefix) -> RolePrefix {
        let text = prefix.description
        let short = text.utf8.count <= 24 ? text : "\(text.prefix(15))_\(SHA256.hash(text).hex.prefix(8))"
        return RolePrefix("\(short)_dry") ?? prefix
    }

    /// Throws `VALIDATION_ERROR` with every weakness that the package brings, `CONFLICT` where a step fails.
    func run(_ manifest: Manifest, _ series: MigrationSeries) async throws {
        let scratch = Self.scratch(of: prefix)
        guard scratch != prefix else { throw AppError(.internalError, "no prefix for the dry run") }
        try await clear(scratch)
        try await client.withConnection(deadline: deadline) { try await $0.execute("create database \(scratch)") }
        let installer = connect(nil, scratch.description)
        let result: Result<Void, any Error>
        do { result = .success(try await install(manifest, series, installer, scratch)) } catch { result = .failure(renamed(error, scratch)) }
        await installer.shutdown()
        try await clear(scratch)
        try result.get()
    }

    private func install(_ manifest: Manifest, _ series: MigrationSeries, _ installer: PostgresClient, _ scratch: RolePrefix) async throws {
        _ = try await Migrator(client: installer, prefix: scratch, series: [core]).up(deadline: deadline)
        let linter = Linter(client: installer, prefix: scratch)
        let known = Set(try await linter.run(deadline: deadline).findings)
        let schema = PackageSchema(
            client: installer, prefix: scratch, name: manifest.name,
            connect: { [connect] in connect((name: $0, password: $1), scratch.description) }, deadline: deadline)
        try await schema.prepare()
        _ = try await schema.up(series)
        try await installer.withConnection(deadline: deadline) { try await $0.execute(RoleDDL.create(scratch.handler(manifest.name))) }
        try await GrantInstaller(client: installer, prefix: scratch).install([manifest], deadline: deadline)
        let found = try await linter.run(deadline: deadline).must.filter { !known.contains($0) }
        try Self.refuse(found, manifest)
        _ = try await schema.down(series)
        let left = try await schema.left()
        guard left.isEmpty else {
            throw AppError(
                .validation, "the steps back leave behind: \(left.joined(separator: ", ")); `remove --drop-data` needs them to clear the schema")
        }
    }

    static func refuse(_ found: [Finding], _ manifest: Manifest) throws(AppError) {
        guard !found.isEmpty else { return }
        throw AppError(
            .validation, "the schema of \(manifest.name) would weaken the walls between tenants",
            issues: found.map { AppError.Issue(field: $0.id, issue: "\($0.object): \($0.gain)" + ($0.fix.isEmpty ? "" : " (\($0.fix))")) })
    }

    /// An error in the names of the real roles.
    private func renamed(_ error: any Error, _ scratch: RolePrefix) -> any Error {
        guard let error = error as? AppError else { return error }
        func named(_ text: String) -> String {
            text.split(separator: "\(scratch)_", omittingEmptySubsequences: false).joined(separator: "\(prefix)_")
        }
        return AppError(
            error.code, named(error.message), issues: error.issues.map { AppError.Issue(field: $0.field, issue: named($0.issue)) },
            detail: error.detail.map(named))
    }

    private func clear(_ scratch: RolePrefix) async throws {
        try await client.withConnection(deadline: deadline) { connection in
            try await connection.execute("drop database if exists \(scratch) with (force)")
            let roles = try await connection.query("select rolname::text from pg_roles where starts_with(rolname, $1)", [.text("\(scratch)_")])
            for role in roles { try await connection.execute("drop role \(try role.text(0))") }
        }
    }
}
