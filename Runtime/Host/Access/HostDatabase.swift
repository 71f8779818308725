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
        select m.role, m.epoch, t.status <> 'active', t.weight, m.disabled, array_to_string(r.scopes, ' '),
            (select string_agg(s.session_id::text, ' ') from tenancy.revoked_sessions s where s.user_id = $2),
            p.plan, p.calls_per_minute, p.used_up
        from tenancy.tenants t join tenancy.memberships m on m.tenant_id = t.id cross join lateral tenancy.standing(t.id) p
            left join tenancy.roles r on r.tenant_id = m.tenant_id and r.name = m.custom_role
        where t.id = $1 and m.user_id = $2
        """, cost: .short)
    private static let keyOf = Statement(
        "host.api_key",
        """
        select id, tenant_id, created_by, array_to_string(scopes, ' '), expires_at
        from tenancy.api_keys where hash = $1 and revoked_at is null
        """, cost: .short)
    private static let standingOf = Statement(
        "host.operator_standing", "select role, disabled, revoked_sessions from identity.operator_standing($1::uuid)", cost: .short)
    private static let tenantOf = Statement("host.tenant", "select from tenancy.tenants where id = $1", cost: .short)
    private static let webhookOf = Statement(
        "host.webhook",
        """
        select w.tenant_id from tenancy.webhooks w join tenancy.tenants t on t.id = w.tenant_id
        where w.resolver = $1 and w.id = $2 and t.status = 'active'
        """, cost: .short)
    private static let usedKeys = Statement(
        "host.used_keys",
        """
        update tenancy.api_keys k set last_used_at = u.at
        from unnest($1::uuid[], $2::timestamptz[]) as u (id, at)
        where k.id = u.id and (k.last_used_at is null or k.last_used_at < u.at)
        """, access: .write)
    private static let forgetSessions = Statement(
        "host.forget_sessions", "delete from tenancy.revoked_sessions where revoked_at < now() - interval '1 hour'", access: .write)
    private static let sweepIdentity = Statement("host.sweep_identity", "select identity.sweep()", access: .write)
    private static let fold = Statement("host.fold_quotas", "select tenancy.fold_quotas($1)", access: .write)
    private static let signingKey = Statement("host.signing_key", "select kid, secret from tenancy.signing_key()", cost: .short)
    private static let clock = Statement("host.clock", "select clock_timestamp()", cost: .short)
    private static let limits = Statement(
        "host.limits",
        "select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int", cost: .short)

    func membership(_ tenant: TenantID, _ user: UserID) async throws(AppError) -> Membership? {
        guard let row = try await ask(Self.membershipOf, [.id(tenant), .id(user)]).first else { return nil }
        do throws(PostgresError) {
            guard let role = Role(rawValue: try row.text(0)) else { return nil }
            let scopes = try row.optionalText(5)?.split(separator: " ").compactMap { Scope(rawValue: String($0)) } ?? []
            let ended = try row.optionalText(6)?.split(separator: " ").compactMap { UUID($0) } ?? []
            return Membership(
                rights: .member(role, scopes: scopes), epoch: try row.int64(1), suspended: try row.bool(2), disabled: try row.bool(4),
                weight: Int(try row.int64(3)), standing: try Self.standing(row), revokedSessions: ended)
        } catch { throw unavailable(error) }
    }

    private static func standing(_ row: Row) throws(PostgresError) -> PlanStanding {
        let usedUp = try row.optionalJSON(9).flatMap { try? JSON.read($0) }?.array ?? []
        return PlanStanding(
            plan: try row.text(7), callsPerMinute: try row.optionalInt32(8).map { Int($0) }, usedUp: usedUp.compactMap { UsedQuota($0) })
    }

    /// Adds up what transactions have counted of tenants' use, and announces which limits that brought up or freed.
    func foldQuotas() async throws(AppError) {
        let most: Int32 = 10_000
        while true {
            let rows = try await ask(Self.fold, [.int32(most)])
            do throws(PostgresError) { if try rows[0].int32(0) < most { return } } catch { throw unavailable(error) }
        }
    }

    /// The key of that hash, unless it was revoked.
    func apiKey(_ hash: Digest) async throws(AppError) -> APIKey? {
        guard let row = try await ask(Self.keyOf, [.bytes(hash.bytes)]).first else { return nil }
        do throws(PostgresError) {
            return APIKey(
                id: try row.uuid(0), tenant: TenantID(try row.uuid(1)), maker: UserID(try row.uuid(2)),
                scopes: try row.text(3).split(separator: " ").compactMap { Scope(rawValue: String($0)) },
                expiry: row.isNull(4) ? Timestamp(seconds: 253_402_300_799) : try row.timestamp(4))
        } catch { throw unavailable(error) }
    }

    /// What an operator is; nil for who is none.
    func operatorStanding(_ user: UserID) async throws(AppError) -> OperatorStanding? {
        guard let row = try await ask(Self.standingOf, [.id(user)]).first else { return nil }
        do throws(PostgresError) {
            guard let role = OperatorRole(rawValue: try row.text(0)) else { return nil }
            let ended = try row.optionalText(2)?.split(separator: " ").compactMap { UUID($0) } ?? []
            return OperatorStanding(role: role, disabled: try row.bool(1), revokedSessions: ended)
        } catch { throw unavailable(error) }
    }

    /// Whether there is such a tenant.
    func hasTenant(_ tenant: TenantID) async throws(AppError) -> Bool { try await !ask(Self.tenantOf, [.id(tenant)]).isEmpty }

    /// Whose a webhook's path is; nil where nobody has opened it, or its tenant is not served.
    func webhookTenant(_ resolver: String, _ id: UUID) async throws(AppError) -> TenantID? {
        guard let row = try await ask(Self.webhookOf, [.text(resolver), .uuid(id)]).first else { return nil }
        do throws(PostgresError) { return TenantID(try row.uuid(0)) } catch { throw unavailable(error) }
    }

    /// Writes when keys were last used.
    func used(_ keys: [UUID: Timestamp]) async throws(AppError) {
        let keys = Array(keys)
        _ = try await ask(Self.usedKeys, [.uuids(keys.map(\.key)), .timestamps(keys.map(\.value))])
    }

    /// Forgets sessions whose last access token has ended, and what nobody can use any more: old secrets, sessions and guesses.
    func forgetSessions() async throws(AppError) {
        _ = try await ask(Self.forgetSessions, [])
        _ = try await ask(Self.sweepIdentity, [])
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

    /// Changes of the directory, each with a tenant's id as payload; and that jobs wait, since one connection listens for all.
    func changes() -> AsyncStream<ListenEvent> { client.listen(["tenancy_changed", JobDatabase.channel]) }

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
