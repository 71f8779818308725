import Kernel
import Postgres
import Tenants
import TestSupport
import Tokens

/// Tenant A's rows, with or without tenant B's beside them. Everything else is alike, so that every difference that A can see is a leak.
struct World {
    static let a = TenantID(UUID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_000A))
    static let b = TenantID(UUID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_000B))

    private static func id(_ tenant: TenantID, _ kind: UInt64) -> UUID { UUID(high: tenant.uuid.high, low: tenant.uuid.low | kind << 8) }
    static func user(_ tenant: TenantID) -> UserID { UserID(id(tenant, 1)) }
    static func business(_ tenant: TenantID) -> UUID { id(tenant, 2) }
    static func source(_ tenant: TenantID) -> UUID { id(tenant, 3) }

    /// Values that only B's rows hold: a text, a number in its binary form.
    static let marks: [[UInt8]] = [
        Array("secret-of-b".utf8), Array("eve@b.example".utf8), withUnsafeBytes(of: (987_654.25).bitPattern.bigEndian) { Array($0) },
        Array("987654.25".utf8),
    ]

    /// Fills a database. B's rows come first, so that A's lie elsewhere where B is, and are many, so that sizes differ.
    static func fill(_ database: TestDatabase, withB: Bool) async throws {
        try await database.execute((withB ? rows(b, "secret-of-b", "eve@b.example", 987_654.25, 299) : "") + insertA + "analyze;")
    }

    /// Puts A's rows back as they were.
    static let restoreA =
        "delete from tenancy.revoked_sessions where user_id = '\(user(a))'; delete from tenancy.erasures where tenant_id = '\(a)'; delete from tenancy.tenants where id = '\(a)'; "
        + "delete from identity.users where id = '\(user(a))';" + insertA

    private static let insertA = rows(a, "open-of-a", "ada@a.example", 1.5, 30)

    private static func rows(_ tenant: TenantID, _ name: String, _ email: String, _ value: Double, _ count: Int) -> String {
        """
        insert into tenancy.tenants (id, slug, name, created_at) values ('\(tenant)', '\(name)', '\(name)', '2026-01-01');
        insert into identity.users (id, email, name, created_at) values ('\(user(tenant))', '\(email)', '\(name)', '2026-01-01');
        insert into identity.credentials (user_id, password_hash, updated_at) values ('\(user(tenant))', 'hash of \(name)', '2026-01-01');
        insert into tenancy.memberships (tenant_id, user_id, role, created_at) values ('\(tenant)', '\(user(tenant))', 'owner', '2026-01-01');
        insert into app.businesses (tenant_id, id, name, created_at, updated_at)
            values ('\(tenant)', '\(business(tenant))', '\(name)', '2026-01-01', '2026-01-01');
        insert into app.kpi_sources (tenant_id, id, business_id, name, type, created_at)
            values ('\(tenant)', '\(source(tenant))', '\(business(tenant))', '\(name)', 'upload', '2026-01-01');
        insert into app.kpi_data (tenant_id, source_id, "timestamp", value)
            select '\(tenant)', '\(source(tenant))', '2026-01-01'::timestamptz + n * interval '1 hour', \(value) + n from generate_series(0, \(count)) n;
        insert into probe.entries (tenant_id, number, text) values ('\(tenant)', 1, '\(name)');
        insert into tenancy.answers (tenant_id, handler, user_id, route, key, fingerprint, created_at, status, headers, body)
            select '\(tenant)', rolname, '\(user(tenant))', 'POST /x', k, decode(repeat('00', 32), 'hex'), now(), 201, '[]', '\(name)'
            from pg_roles, unnest(array['known'\(tenant == b ? ", 'of-b-alone'" : "")]) as k where rolname like '%\\_h\\_%';

        """ + record(tenant, name, email)
    }

    /// Of a session with an open transaction: whether it has a transaction id, and whether it holds a lock that writers would wait for.
    static let prepareTraces = """
        prepare traces (int) as select coalesce((select backend_xid is not null from pg_stat_activity where pid = $1), true),
            exists (select from pg_locks where pid = $1 and locktype <> 'virtualxid'
                and mode not in ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock'))
        """

    /// Three hashes: all that belongs to A, all that belongs to B, and what belongs to both: keys, policies, rights. It is asked behind every
    /// attack, so it is planned once for a connection.
    static let prepareState = """
        set plan_cache_mode = force_generic_plan;
        prepare state (uuid, uuid) as select a.hash, b.hash, md5(concat_ws(',',
            (select string_agg(t::text, '|' order by kid) from tenancy.keys t),
            (select string_agg(concat(polrelid, polroles, polcmd, polqual::text, polwithcheck::text), '|' order by oid) from pg_policy),
            (select string_agg(concat(oid, relacl, relrowsecurity, relforcerowsecurity), '|' order by oid) from pg_class
                where relnamespace in ('app'::regnamespace, 'tenancy'::regnamespace, 'identity'::regnamespace, to_regnamespace('runtime'))),
            (select string_agg(concat(oid, proacl, md5(prosrc)), '|' order by oid) from pg_proc
                where pronamespace in ('app'::regnamespace, 'tenancy'::regnamespace, 'identity'::regnamespace, to_regnamespace('runtime')))))
        from (\(hash("$1"))) a, (\(hash("$2"))) b
        """

    static let state = "execute state ('\(a)', '\(b)')"

    private static func hash(_ tenant: String) -> String {
        """
        select md5(concat_ws(',',
            (select string_agg(t::text, '|' order by id) from app.businesses t where tenant_id = \(tenant)),
            (select string_agg(t::text, '|' order by id) from app.kpi_sources t where tenant_id = \(tenant)),
            (select concat(count(*), sum(value), min(tenant_id::text), max(source_id::text)) from app.kpi_data t where tenant_id = \(tenant)),
            (select string_agg(t::text, '|' order by number) from probe.entries t where tenant_id = \(tenant)),
            (select string_agg(concat(handler, user_id, route, key, status, headers, body), '|' order by handler, key)
                from tenancy.answers where tenant_id = \(tenant)),
            (select t::text from tenancy.tenants t where id = \(tenant)),
            \(recordHash(tenant)),
            (select string_agg(concat(m, u, c), '|') from tenancy.memberships m join identity.users u on u.id = m.user_id
                join identity.credentials c on c.user_id = u.id where m.tenant_id = \(tenant)))) as hash
        """
    }

    /// The names that attacks use.
    static func names(_ database: TestDatabase, handler: String, pid: Int32) throws -> [String: String] {
        let late = Timestamp(seconds: 4_000_000_000)
        let valid = try database.context(tenant: a, user: user(a), handler: handler, expiry: late)
        let forgedKey = try SigningKey(id: database.key.id, secret: [UInt8](repeating: 1, count: 32))
        return [
            "A": a.description, "B": b.description, "ab": business(a).description, "bb": business(b).description, "bs": source(b).description,
            "bt": session(b).description, "be": entry(b).description, "ua": user(a).description, "ub": user(b).description,
            "prefix": database.prefix.description, "handler": handler, "pid": "\(pid)",
            "valid": valid, "upper": valid.uppercased(), "swapped": valid.replacing(a.description, with: b.description),
            "forged": try database.context(tenant: b, user: user(b), handler: handler, expiry: late, key: forgedKey),
            "expired": try database.context(tenant: b, user: user(b), handler: handler, expiry: Timestamp(seconds: 1_600_000_000)),
            "elsewhere": try database.context(tenant: b, user: user(b), handler: handler == "probe" ? "auth" : "probe", expiry: late),
            "identity": try database.context(.identity, user: user(a), handler: handler, expiry: late),
        ]
    }
}
