public import Kernel
public import Postgres

/// Lets the roles of an installation sign in, each with a random password kept in the files of its home folder.
public struct RoleInstaller: Sendable {
    let client: PostgresClient
    let prefix: RolePrefix
    let home: String

    /// `client` signs in as the installer; `home` is the folder of the installation's own state.
    public init(client: PostgresClient, prefix: RolePrefix, home: String) {
        self.client = client
        self.prefix = prefix
        self.home = home
    }

    /// Sets the passwords of host, admin, migrator and backup to those of the files, made now where they are missing.
    ///
    /// An installer that is no superuser cannot let the backup role read past row-level security; lint names what that means.
    public func install(deadline: Deadline) async throws {
        var (host, admin) = (try Credentials.load(Credentials.hostFile(home: home)), try Credentials.load(Credentials.adminFile(home: home)))
        var script = [(prefix.host, host.password(of: prefix.host))]
        for role in [prefix.admin, prefix.migrator, prefix.backup] { script.append((role, admin.password(of: role))) }
        try host.save(Credentials.hostFile(home: home))
        try admin.save(Credentials.adminFile(home: home))
        var statements = script.map { RoleDDL.signIn($0, SCRAMVerifier(password: $1)) }
        try await client.withConnection(deadline: deadline) { connection in
            if try await connection.run(Segment([Call(RoleSQL.isSuperuser)]))[0].first?.bool(0) == true {
                statements.append(RoleDDL.bypass(prefix.backup))
            }
            try await connection.transaction {
                for statement in statements { try await connection.execute(statement) }
            }
        }
    }

    /// Makes the roles of handlers where they are missing and sets their passwords; they may touch nothing until ``GrantInstaller`` says what.
    public func install(handlers: [String], deadline: Deadline) async throws {
        var credentials = try Credentials.load(Credentials.hostFile(home: home))
        let roles = handlers.map { (role: prefix.handler($0), password: credentials.password(of: prefix.handler($0))) }
        try credentials.save(Credentials.hostFile(home: home))
        try await client.withConnection(deadline: deadline) { connection in
            let existing = try await connection.run(Segment([Call(RoleSQL.existing, [.texts(roles.map(\.role))])]))[0].map { try $0.text(0) }
            let database = try await connection.run(Segment([Call(RoleSQL.database)]))[0][0].text(0)
            try await connection.transaction {
                for (role, password) in roles {
                    if !existing.contains(role) { try await connection.execute(RoleDDL.create(role)) }
                    try await connection.execute(RoleDDL.signIn(role, SCRAMVerifier(password: password)))
                    for statement in RoleDDL.limits(role, database: database) { try await connection.execute(statement) }
                }
            }
        }
    }
}
