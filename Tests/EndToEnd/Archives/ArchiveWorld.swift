import ArchiveFormat
import Kernel
import Postgres
import TestSupport

/// A tenant with something in every table, and commands upon it, in one installation or another.
struct ArchiveWorld: Sendable {
    let environment: [String: String]
    /// As the superuser.
    let query: @Sendable (_ sql: String, _ binds: [Bind]) async throws -> Rows

    /// The installation of the running test's database.
    static func current() async throws -> ArchiveWorld {
        let database = try TestDatabase.current
        return ArchiveWorld(environment: try await Blocking.run { try RunningHost.environment(database) }) { try await database.query($0, $1) }
    }

    /// An installation of its own with the product's handlers and the one for tests.
    static func fresh<R>(_ body: (ArchiveWorld) async throws -> R) async throws -> R {
        try await PackageWorld.run { world in
            let handlers = try await Blocking.run { try RunningHost.handlersFolder(world.home) }
            let environment = world.environment.merging(["TENANTRY_HANDLERS": handlers]) { _, new in new }
            let own = ArchiveWorld(environment: environment) { try await world.query($0, $1) }
            let (status, printed) = try await own.tenantry("migrate", "up")
            guard status == 0 else { throw AppError(.internalError, printed) }
            return try await body(own)
        }
    }

    /// Runs a command to its end.
    func tenantry(_ arguments: String..., input: String = "") async throws -> (status: Int32, printed: String) {
        try await Blocking.run { [environment] in try ChildProgram("tenantry", arguments, environment: environment, input: input).finish() }
    }

    /// A path for an archive, in the installation's folder.
    func path(_ name: String) -> String { "\(environment["TENANTRY_HOME"] ?? "/tmp")/\(name)" }

    /// Whether nothing of any tenant but these is anywhere, and no account but theirs.
    func holdsOnly(_ tenants: [TenantID], users: Int64) async throws -> Bool {
        let ids = Bind.uuids(tenants.map(\.uuid))
        for table in Self.tables + ["tenancy.memberships", "tenancy.roles"] {
            guard try await query("select count(*) from \(table) where tenant_id <> all ($1)", [ids])[0].int64(0) == 0 else { return false }
        }
        let control = try await query(
            "select (select count(*) from tenancy.tenants where id <> all ($1)), (select count(*) from tenancy.imports), (select count(*) from identity.users)",
            [ids])[0]
        return try control.int64(0) == 0 && control.int64(1) == 0 && control.int64(2) == users
    }

    /// Rows that one tenant has and the other has not, whichever.
    func differences(_ a: TenantID, _ b: TenantID, in tables: [String] = tables) async throws -> [String] {
        var found: [String] = []
        for table in tables {
            for (one, other) in [(a, b), (b, a)] {
                let rows = try await query(
                    """
                    select (to_jsonb(t) - 'tenant_id')::text from \(table) t where tenant_id = $1
                    except select (to_jsonb(t) - 'tenant_id')::text from \(table) t where tenant_id = $2
                    """, [.id(one), .id(other)])
                found += try rows.map { "\(table): \(try $0.text(0).prefix(300))" }
            }
        }
        return found
    }

    /// What an archive carries over.
    static let tables = ["app.businesses", "app.kpi_sources", "app.kpi_data", "probe.entries", "app.audit_log"]

    /// A tenant with an owner and two other members, a role of its own, and values that forms of text like to lose. `number` tells them apart.
    /// Its plan keeps everything: a gateway removes what a plan keeps no longer as it starts.
    @discardableResult
    func seed(_ number: Int = 1, points: Int = 50) async throws -> (tenant: TenantID, owner: UserID) {
        let low = 0x8000_0000_0000_0000 | UInt64(number)
        let (tenant, owner) = (TenantID(UUID(high: 0x0190_0000_0000_7000, low: low)), UserID(UUID(high: 0x0190_0000_0000_7001, low: low)))
        _ = try await query(
            "insert into tenancy.tenants (id, slug, name, weight, plan) values ($1, $2, 'Fische & Söhne \"GmbH\"', 250, 'enterprise')",
            [.id(tenant), .text("tenant-\(number)")])
        for (index, role) in ["owner", "auditor", "viewer"].enumerated() {
            let user = UUID(high: 0x0190_0000_0000_7001, low: low + UInt64(index) * 0x1000)
            _ = try await query(
                "insert into identity.users (id, email, name) values ($1, $2, $3)",
                [.uuid(user), .text("user-\(number)-\(role)@example.test"), .text("Zoë \(role)")])
            if index == 0 {
                _ = try await query(
                    """
                    insert into tenancy.roles (tenant_id, name, description, scopes) values ($1, 'auditor', 'reads "all"', '{audit:read,businesses:*}')
                    """, [.id(tenant)])
            }
            _ = try await query(
                "insert into tenancy.memberships (tenant_id, user_id, role, disabled) values ($1, $2, $3, $4)",
                [.id(tenant), .uuid(user), .text(role), .bool(index == 2)])
        }
        for statement in Self.rows {
            _ = try await query(
                statement.replacing("{number}", with: "\(number)"),
                [.id(tenant), .id(owner)] + (statement.contains("$3") ? [.int64(Int64(points))] : []))
        }
        return (tenant, owner)
    }

    /// $1 the tenant, $2 its owner, $3 how many points.
    private static let rows = [
        """
        insert into app.businesses (tenant_id, id, user_id, name, industry, location)
            select $1, ('00000000-0000-7000-8000-00000000000' || n)::uuid, $2, x, nullif(x, 'plain'), e'a\\tb\\nc\\\\d"e'
            from unnest(array['plain', e'Café \u{1F41F}\\u202e', '''); drop table app.businesses; --']) with ordinality as t (x, n)
            where $2 is not null
        """,
        """
        insert into app.kpi_sources (tenant_id, id, business_id, name, type, unit, config)
            select $1, ('00000000-0000-7000-8000-0000000000a' || n)::uuid, ('00000000-0000-7000-8000-00000000000' || n)::uuid, 'sales', 'upload', null, x::jsonb
            from unnest(array['{}', 'null', '{"a": [1, 2.50, null, "\\u00e9\\n"], "big": 12345678901234567890.123}']) with ordinality as t (x, n)
            where $2 is not null
        """,
        """
        insert into app.kpi_data (tenant_id, source_id, "timestamp", value, metadata)
            select $1, '00000000-0000-7000-8000-0000000000a1', '2024-01-01 00:00:00.000001Z'::timestamptz + n * interval '1 hour', n / 3.0, null
            from generate_series(1, $3::int8) n where $2 is not null
        """,
        """
        insert into app.kpi_data (tenant_id, source_id, "timestamp", value, metadata)
            select $1, '00000000-0000-7000-8000-0000000000a2', x::timestamptz, v::float8, m::jsonb
            from (values ('infinity', 'NaN', 'null'), ('-infinity', '-Infinity', '[]'), ('0044-03-15 12:00:00Z BC', '5e-324', '{"x": ""}'),
                ('2024-02-29 23:59:59.999999Z', '0.1', null), ('294000-01-01Z', '1.7976931348623157e308', '"text"')) as w (x, v, m)
            where $2 is not null
        """,
        """
        insert into probe.entries (tenant_id, number, text) select $1, n, 'entry ' || n from generate_series(1, 7) n where $2 is not null
        """,
        """
        insert into app.audit_log (tenant_id, id, occurred_at, user_id, role, action, target_type, target_id, handler, address, user_agent, request_id, details)
            select $1, gen_random_uuid(), '2025-05-05Z'::timestamptz + n * interval '1 minute', $2, 'owner', 'business.created', 'business', 'x' || n,
                'dashboards', '10.0.0.1', 'test', 'r' || n, jsonb_build_object('n', n)
            from generate_series(1, 20) n
        """,
    ]
}

/// Archives that nobody's export wrote.
struct ForgedArchive {
    var slug = "forged"
    var name = "Forged"
    var plan = "free"
    var core = 1
    /// Columns as `name type`, and rows.
    var tables: [(name: String, columns: [String], rows: [[String?]])] = []

    static let business = "00000000-0000-7000-8000-000000000001"
    static let time = "2025-01-01 00:00:00+00"

    /// One business, as the product's own table has it.
    static func businesses(_ rows: [[String?]]) -> (name: String, columns: [String], rows: [[String?]]) {
        ("app.businesses", ["id uuid", "name text"], rows)
    }

    func bytes() throws -> [UInt8] {
        let manifest = ArchiveManifest(
            madeAt: Timestamp(seconds: 1_780_000_000),
            tenant: ArchivedTenant(
                id: UUID(high: 1, low: 2), slug: slug, name: name, plan: plan, region: "default", timeZone: "UTC", weight: 100, mfaRequired: false,
                createdAt: Timestamp(seconds: 1_770_000_000)),
            migrations: [.init(series: "core", version: core)],
            tables: tables.map { table in
                ArchivedTable(
                    name: table.name,
                    columns: table.columns.map { text in
                        let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
                        return .init(name: parts[0], type: parts[1])
                    })
            }, leftOut: [])
        var writer = ArchiveWriter(manifest)
        var bytes = try writer.begin()
        for table in tables {
            bytes += try writer.beginTable()
            for row in table.rows { bytes += try writer.append(lines: RowLine.write(row), count: 1) }
        }
        return bytes + (try writer.end().bytes)
    }
}
