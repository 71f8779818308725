public import Kernel
public import Manifest
public import Postgres

/// Gives each handler's role exactly what its manifest lists.
public struct GrantInstaller: Sendable {
    let client: PostgresClient
    let prefix: RolePrefix

    /// `client` signs in as the installer. The roles exist already, see ``RoleInstaller``.
    public init(client: PostgresClient, prefix: RolePrefix) {
        self.client = client
        self.prefix = prefix
    }

    /// Replaces the rights of these handlers' roles in one transaction, and takes all rights of handlers that are not among them, unless
    /// `keepingOthers`.
    ///
    /// Throws `VALIDATION_ERROR` where a manifest asks for what does not exist or may not be given; nothing has changed then.
    public func install(_ manifests: [Manifest], keepingOthers: Bool = false, deadline: Deadline) async throws {
        try await client.withConnection(deadline: deadline) { connection in
            let plan = GrantPlan(prefix: prefix, objects: try await objects(manifests, connection))
            let statements = try manifests.flatMap { manifest throws(AppError) in try plan.statements(for: manifest) }
            let unlisted = try await connection.run(Segment([Call(GrantSQL.unlisted, [.texts(manifests.map(\.name))])]))[0].map { try $0.text(0) }
            let gone = keepingOthers ? [] : unlisted
            let database = try await connection.query("select quote_ident(current_database())")[0].text(0)
            try await connection.transaction {
                try await joinRoles(manifests.map(\.name) + gone, connection)
                for name in gone {
                    try await connection.execute("drop owned by \(prefix.handler(name))")
                    _ = try await connection.run(Segment([Call(GrantSQL.forget, [.text(name)])]))
                }
                for statement in statements { try await connection.execute(statement) }
                for manifest in manifests {
                    try await connection.execute("grant connect on database \(database) to \(prefix.handler(manifest.name))")
                    _ = try await connection.run(Segment([Call(GrantSQL.record, [.text(manifest.name), .json(try listed(manifest))])]))
                }
                try await connection.execute("call tenancy.lend_to_archive()")
            }
        }
    }

    private func objects(_ manifests: [Manifest], _ connection: OwnConnection) async throws -> [GrantObject] {
        let names = Set(manifests.flatMap { $0.grants.map(\.object) }).sorted()
        return try await connection.run(Segment([Call(GrantSQL.objects, [.texts(names)])]))[0].map { row in
            GrantObject(
                name: try row.text(0), kind: GrantObject.Kind(rawValue: try row.text(1)) ?? .table, signature: try row.text(2),
                columns: try texts(row, 3),
                changeable: try texts(row, 4))
        }
    }

    private func texts(_ row: Row, _ column: Int) throws -> [String] {
        try JSON.decode([String].self, from: try JSON.read(Array(try row.text(column).utf8)))
    }

    /// Only a member may take a role's rights away, unless a superuser does.
    private func joinRoles(_ handlers: [String], _ connection: OwnConnection) async throws {
        if try await connection.run(Segment([Call(RoleSQL.isSuperuser)]))[0].first?.bool(0) == true { return }
        for handler in handlers { try await connection.execute("grant \(prefix.handler(handler)) to current_user") }
    }

    private func listed(_ manifest: Manifest) throws -> [UInt8] {
        try JSON.encode(Dictionary(manifest.grants.map { ($0.object, $0.verbs.map(\.rawValue)) }, uniquingKeysWith: +))
    }
}
