import Glibc
import Kernel
import Postgres
import Tenants
import TestSupport
import Tokens

/// A server of its own with tenants that write, and a gateway in front of it. All of it may be killed.
final class TortureWorld: Sendable {
    static let writers = 4

    let cluster: PrivateCluster
    let members: [Member]
    let businesses: [UUID]
    private let environment: [String: String]
    private let home: String

    private init(_ cluster: PrivateCluster, _ environment: [String: String], home: String, members: [Member], businesses: [UUID]) {
        self.cluster = cluster
        self.environment = environment
        self.home = home
        self.members = members
        self.businesses = businesses
    }

    /// Makes it, lends it, removes it.
    static func with<R>(_ body: (TortureWorld) async throws -> R) async throws -> R {
        try await PrivateCluster.with { cluster in
            let home = "/tmp/tenantry-torture-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
            defer { Self.remove(home) }
            let environment = try Self.environment(cluster, home)
            let migrated = try await Blocking.run { try ChildProgram("tenantry", ["migrate", "up"], environment: environment).finish() }
            guard migrated.status == 0 else { throw AppError(.internalError, "migrate: \(migrated.printed)") }
            let members = (1...Self.writers).map { number in
                Member(tenant: TenantID(Self.id(0, number)), user: UserID(Self.id(1, number)), role: .owner)
            }
            let businesses = (1...Self.writers).map { Self.id(2, $0) }
            let world = TortureWorld(cluster, environment, home: home, members: members, businesses: businesses)
            for (index, member) in members.enumerated() {
                _ = try await world.execute(
                    """
                    insert into tenancy.tenants (id, slug, name, plan) values ('\(member.tenant)', 'tenant-\(index)', 'Tenant', 'enterprise');
                    insert into identity.users (id, email, name) values ('\(member.user)', 'user-\(index)@example.test', 'User');
                    insert into tenancy.memberships (tenant_id, user_id, role, epoch) values ('\(member.tenant)', '\(member.user)', 'owner', 1);
                    insert into app.businesses (tenant_id, id, name) values ('\(member.tenant)', '\(businesses[index])', 'Uploads')
                    """)
            }
            return try await body(world)
        }
    }

    private static func id(_ kind: UInt64, _ number: Int) -> UUID {
        UUID(high: 0x0190_0000_0000_7000 | kind, low: 0x8000_0000_0000_0000 | UInt64(number))
    }

    /// Removes a folder and what is in it; of a link the link alone.
    private static func remove(_ folder: String) {
        for name in (try? File.names(in: folder)) ?? [] {
            let path = "\(folder)/\(name)"
            var status = stat()
            if lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { remove(path) } else { unlink(path) }
        }
        rmdir(folder)
    }

    private static func environment(_ cluster: PrivateCluster, _ home: String) throws -> [String: String] {
        try RunningHost.writeKey(home)
        let server = cluster.configuration()
        let password = PrivateCluster.password.utf8.map { "%" + Hex.encode([$0]) }.joined()
        var environment = [
            "TENANTRY_DATABASE_URL": "postgres://postgres:\(password)@/postgres?host=\(server.host)&port=\(server.port)", "TENANTRY_HOME": home,
            "TENANTRY_ADDRESS": "127.0.0.1:0", "TENANTRY_HANDLERS": try RunningHost.handlersFolder(home),
            "TENANTRY_SCHEMA": TestSchema.migrations, "SWIFT_BACKTRACE": "enable=no",
            "TENANTRY_RATE_ADDRESS": "off", "TENANTRY_RATE_USER": "off", "TENANTRY_RATE_TENANT": "off", "TENANTRY_SUSPICION": "off",
        ]
        if let path = getenv("LD_LIBRARY_PATH") { environment["LD_LIBRARY_PATH"] = String(cString: path) }
        return environment
    }

    /// Starts the gateway.
    func startGateway() async throws -> RunningHost {
        try await Blocking.run { [environment, home] in
            let program = try ChildProgram("tenantry", ["run"], environment: environment)
            guard let line = program.line(containing: "listening on "), let port = line.split(separator: ":").last.flatMap({ Int($0) }) else {
                throw AppError(.internalError, "the host did not start (exit \(program.end())):\n\(program.printed)")
            }
            return try RunningHost(port: port, home: home, program: program)
        }
    }

    func path(_ effect: Effect) -> String { effect.path(business: businesses[effect.writer]) }

    /// Runs statements as the superuser.
    func execute(_ script: String) async throws {
        try await TestServer.withClient(cluster.configuration()) {
            try await $0.withConnection(deadline: .after(.seconds(60))) { try await $0.execute(script) }
        }
    }

    /// The rows of a statement as the superuser.
    func query(_ sql: String, _ binds: [Bind] = []) async throws -> Rows {
        try await TestServer.withClient(cluster.configuration()) {
            try await $0.withConnection(deadline: .after(.seconds(60))) { try await $0.query(sql, binds) }
        }
    }

    /// How many rows each mark has, of those that have any.
    func rows() async throws -> [String: Int] {
        let rows = try await query(
            """
            select name, count(*) from app.businesses group by name
            union all select text, count(*) from probe.entries group by text
            union all select s.name, count(*) from app.kpi_sources s
                join app.kpi_data d on d.tenant_id = s.tenant_id and d.source_id = s.id group by s.name
            """)
        return Dictionary(try rows.map { (try $0.text(0), Int(try $0.int64(1))) }, uniquingKeysWith: +)
    }

    /// Process ids of the server's processes that have a handler's transaction open.
    func openTransactions() async throws -> [pid_t] {
        try await query("select pid from pg_stat_activity where usename like 'tenantry\\_h\\_%' and xact_start is not null order by pid")
            .map { try $0.int32(0) }
    }
}
