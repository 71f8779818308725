public import Kernel
public import Manifest
public import Postgres

/// A package's part of the database: its schema, its roles, its grants. Each call may be repeated after whatever ended the one before.
public struct PackageInstaller: Sendable {
    let client: PostgresClient
    let prefix: RolePrefix
    let home: String
    let core: MigrationSeries
    let connect: @Sendable (_ role: (name: String, password: String)?, _ database: String?) -> PostgresClient
    let deadline: Deadline

    /// `client` signs in as the installer; `connect` makes clients of other roles or databases on the same server (nil: the installer, this one).
    public init(
        client: PostgresClient, prefix: RolePrefix, home: String, core: MigrationSeries, deadline: Deadline,
        connect: @escaping @Sendable (_ role: (name: String, password: String)?, _ database: String?) -> PostgresClient
    ) {
        self.client = client
        self.prefix = prefix
        self.home = home
        self.core = core
        self.deadline = deadline
        self.connect = connect
    }

    /// Keeps other commands on packages out while a body runs. Throws `UNAVAILABLE` where one runs.
    public func locked<R>(_ body: () async throws -> R) async throws -> R {
        try await client.withConnection(deadline: deadline) { connection in
            try await connection.execute("set lock_timeout = '10s'; set statement_timeout = 0")
            do {
                _ = try await connection.run(Segment([Call(PackageSQL.lock, [.text(prefix.description)])]))
            } catch let error as PostgresError where error.sqlState == "55P03" {
                throw AppError(.unavailable, "another command works on the installation's packages", detail: String(reflecting: error))
            }
            return try await body()
        }
    }

    /// Installs the package in a database of its own, looks whether every wall stands, takes it back, throws the database away.
    public func tryOut(_ manifest: Manifest, _ series: MigrationSeries) async throws {
        let connect = connect
        try await DryRun(client: client, prefix: prefix, core: core, connect: { connect($0, $1) }, deadline: deadline).run(manifest, series)
    }

    /// Owner, schema, pending steps, the handler's role and grants. Returns the steps taken.
    public func install(_ manifest: Manifest, _ series: MigrationSeries) async throws -> [Migration] {
        let schema = schema(manifest.name)
        try await schema.prepare()
        let taken = try await schema.up(series)
        try await RoleInstaller(client: client, prefix: prefix, home: home).install(handlers: [manifest.name], deadline: deadline)
        try await grant(manifest)
        let found = try await Linter(client: client, prefix: prefix).run(deadline: deadline).must
        try DryRun.refuse(found, manifest)
        return taken
    }

    /// Gives the handler's role what a manifest lists.
    public func grant(_ manifest: Manifest) async throws {
        try await GrantInstaller(client: client, prefix: prefix).install([manifest], keepingOthers: true, deadline: deadline)
    }

    /// Notes which version serves.
    public func record(_ name: String, version: String, source: String) async throws {
        try await run(PackageSQL.switched, [.text(name), .text(version), .text(source)])
    }

    /// Steps that are applied and that a version's files do not have: a rollback leaves them in place.
    public func stepsBeyond(_ series: MigrationSeries) async throws -> [String] {
        let series = [series]
        return try await Migrator(client: client, prefix: prefix, series: series).status(deadline: deadline)
            .filter { $0.series == series[0].name && $0.state == .missing }.map { "\($0.version) (\($0.name))" }
    }

    /// Shuts the handler out of the database: its sessions, its grants, its role, its record.
    public func revoke(_ name: String) async throws {
        let role = prefix.handler(name)
        try await client.withConnection(deadline: deadline) { connection in
            let exists = try await !connection.run(Segment([Call(RoleSQL.existing, [.texts([role])])]))[0].isEmpty
            if exists {
                try await join(role, connection)
                try await connection.execute("alter role \(role) nologin")
                _ = try await connection.run(Segment([Call(PackageSQL.disconnect, [.text(role)])]))
            }
            try await connection.transaction {
                if exists { try await connection.execute("drop owned by \(role)") }
                _ = try await connection.run(Segment([Call(GrantSQL.forget, [.text(name)])]))
            }
            if exists { try await drop(role, connection) }
        }
        var credentials = try Credentials.load(Credentials.hostFile(home: home))
        credentials.forget(role)
        try credentials.save(Credentials.hostFile(home: home))
    }

    /// Takes the schema with all tenants' data: by the package's own steps back, and what they leave with the schema.
    public func dropData(_ name: String, _ series: MigrationSeries?) async throws -> [Migration] {
        let owner = prefix.packageOwner(name)
        let schema = schema(name)
        let exists = try await client.withConnection(deadline: deadline) { connection in
            try await !connection.run(Segment([Call(RoleSQL.existing, [.texts([owner])])]))[0].isEmpty
        }
        guard exists else { return [] }
        try await schema.prepare()
        var taken: [Migration] = []
        if let series { taken = try await schema.down(series) }
        try await client.withConnection(deadline: deadline) { connection in
            try await join(owner, connection)
            try await connection.transaction {
                try await connection.execute("drop schema if exists \(name) cascade")
                _ = try await connection.run(Segment([Call(PackageSQL.forgetSeries, [.text(name)])]))
                try await connection.execute("drop owned by \(owner)")
            }
            try await drop(owner, connection)
        }
        return taken
    }

    /// Whether the database knows a package of that name: its record, its role, or its data.
    public func knows(_ name: String) async throws -> (handler: Bool, data: Bool) {
        try await client.withConnection(deadline: deadline) { connection in
            let roles = try await connection.run(
                Segment([Call(RoleSQL.existing, [.texts([prefix.handler(name), prefix.packageOwner(name)])])]))[0].map { try $0.text(0) }
            let recorded = try await connection.run(Segment([Call(PackageSQL.version, [.text(name)])]))[0].first
            return (recorded != nil || roles.contains(prefix.handler(name)), roles.contains(prefix.packageOwner(name)))
        }
    }

    private func schema(_ name: String) -> PackageSchema {
        let connect = connect
        return PackageSchema(
            client: client, prefix: prefix, name: name, connect: { connect((name: $0, password: $1), nil) }, deadline: deadline)
    }

    private func run(_ statement: Statement, _ binds: [Bind]) async throws {
        try await client.withConnection(deadline: deadline) { _ = try await $0.run(Segment([Call(statement, binds)])) }
    }

    /// Only a member may take a role's rights away, unless a superuser does.
    private func join(_ role: String, _ connection: OwnConnection) async throws {
        if try await connection.run(Segment([Call(RoleSQL.isSuperuser)]))[0].first?.bool(0) == true { return }
        try await connection.execute("grant \(role) to current_user")
    }

    /// A role that another database of the server still knows stays, without rights here.
    private func drop(_ role: String, _ connection: OwnConnection) async throws {
        do {
            try await connection.execute("drop role if exists \(role)")
        } catch let error as PostgresError where error.sqlState == "2BP01" {}
    }
}
