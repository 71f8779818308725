import Kernel
import Logging
import Postgres
import Tokens

/// What the host itself asks the database: the directory of tenants, signing keys, limits. It reads no tenant's rows.
final class HostDatabase: Sendable {
    private let client: PostgresClient
    private let logger: Logger

    init(client: PostgresClient, logger: Logger) {
        self.client = client
        self.logger = logger
    }

    private static let membershipOf = Statement(
        "host.membership",
        """
        select m.role, m.epoch, t.status <> 'active', t.weight
        from tenancy.tenants t join tenancy.memberships m on m.tenant_id = t.id
        where t.id = $1 and m.user_id = $2
        """, cost: .short)
    private static let signingKey = Statement("host.signing_key", "select kid, secret from tenancy.signing_key()", cost: .short)
    private static let clock = Statement("host.clock", "select clock_timestamp()", cost: .short)
    private static let limits = Statement(
        "host.limits",
        "select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int", cost: .short)

    func membership(_ tenant: TenantID, _ user: UserID) async throws(AppError) -> Membership? {
        guard let row = try await ask(Self.membershipOf, [.id(tenant), .id(user)]).first else { return nil }
        do throws(PostgresError) {
            guard let role = Role(rawValue: try row.text(0)) else { return nil }
            return Membership(role: role, epoch: try row.int64(1), suspended: try row.bool(2), weight: Int(try row.int64(3)))
        } catch { throw unavailable(error) }
    }

    /// The newest key for contexts.
    func newestKey() async throws(AppError) -> SigningKey {
        guard let row = try await ask(Self.signingKey, []).first else { throw AppError(.unavailable, detail: "the database has no signing key") }
        let id: Int64
        let secret: [UInt8]
        do throws(PostgresError) {
            id = try row.int64(0)
            secret = try row.bytes(1)
        } catch { throw unavailable(error) }
        return try SigningKey(id: Int(id), secret: secret)
    }

    /// What the database's clock says.
    func now() async throws(AppError) -> Timestamp {
        let rows = try await ask(Self.clock, [])
        do throws(PostgresError) { return try rows[0].timestamp(0) } catch { throw unavailable(error) }
    }

    /// How many connections plain roles may open on the server.
    func connectionLimit() async throws(AppError) -> Int {
        let rows = try await ask(Self.limits, [])
        do throws(PostgresError) { return Int(try rows[0].int64(0)) } catch { throw unavailable(error) }
    }

    /// Whether the database answers.
    func isReachable() async -> Bool {
        do throws(AppError) {
            _ = try await now()
            return true
        } catch { return false }
    }

    /// Changes of the directory, each with a tenant's id as payload.
    func changes() -> AsyncStream<ListenEvent> { client.listen(["tenancy_changed"]) }

    private func ask(_ statement: Statement, _ binds: [Bind]) async throws(AppError) -> Rows {
        do {
            return try await client.run(Segment([Postgres.Call(statement, binds)]), deadline: .after(.seconds(5)))[0]
        } catch { throw unavailable(error) }
    }

    private func unavailable(_ error: any Error) -> AppError {
        logger.error("the database did not answer the host", metadata: .keys([.error: "\(String(reflecting: error))"]))
        return AppError(.unavailable, retryAfter: .seconds(1))
    }
}
