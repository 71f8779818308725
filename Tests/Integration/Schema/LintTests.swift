import Kernel
import Manifest
import Postgres
import Tenants
import TestSupport
import Testing

/// A violation planted in a clean database, and the rule that must find it. `{prefix}` stands for the roles' prefix.
struct Planted: Sendable, CustomTestStringConvertible {
    let rule: String
    let pitfall: String
    let sql: String

    init(_ rule: String, _ pitfall: String, _ sql: String) {
        self.rule = rule
        self.pitfall = pitfall
        self.sql = sql
    }

    var testDescription: String { "\(pitfall): \(rule): \(sql.prefix(80))" }

    /// What the owner of a package's schema must not have, do or leave.
    private static let packages = [
        ("package_owner_powers", "pitfall 1", "alter role {prefix}_o_x bypassrls"),
        ("package_owner_membership", "pitfall 7", "grant {prefix}_o_x to {prefix}_h_probe"),
        ("package_owner_membership", "pitfall 7", "grant {prefix}_host to {prefix}_o_x"),
        ("package_object_elsewhere", "pitfall 27", "alter table app.kpi_data owner to {prefix}_o_x"),
        (
            "package_definer", "pitfall 9",
            """
            create function x.f() returns int language sql security definer set search_path = pg_catalog as 'select 1';
            alter function x.f() owner to {prefix}_o_x
            """
        ),
        ("package_rule", "pitfall 8", "create rule r as on insert to x.t do also delete from x.t"),
        ("package_granted", "pitfall 3", "grant select (tenant_id) on x.t to {prefix}_h_probe"),
        ("package_default_grants", "pitfall 3", "alter default privileges for role {prefix}_o_x in schema x grant select on tables to {prefix}_host"),
        ("package_keeps_tenants", "pitfall 13", "alter table x.t add foreign key (tenant_id) references tenancy.tenants (id)"),
        ("package_schema_owner", "pitfall 1", "alter schema x owner to {prefix}_o_x"),
    ].map { rule, pitfall, sql in
        Planted(
            rule, pitfall,
            """
            create role {prefix}_o_x; create schema x authorization {prefix}_owner;
            create table x.t (tenant_id uuid primary key); select tenancy.protect('x.t'); alter table x.t owner to {prefix}_o_x;
            \(sql)
            """)
    }

    static let all = product + packages

    private static let product = [
        Planted("role_privileged", "pitfall 1", "alter role {prefix}_h_dashboards bypassrls"),
        Planted("role_privileged", "pitfall 1", "alter role {prefix}_host createrole"),
        Planted("role_membership", "pitfall 7", "grant {prefix}_owner to {prefix}_h_uploads"),
        Planted("role_owns", "pitfall 1", "grant create on schema app to {prefix}_h_uploads; alter table app.kpi_data owner to {prefix}_h_uploads"),
        Planted("owner_members", "pitfall 1", "grant {prefix}_owner to {prefix}_backup"),
        Planted("role_settings", "pitfall 5", "alter role {prefix}_h_auth set row_security = off"),
        Planted("table_without_row_security", "pitfall 2", "alter table app.kpi_data no force row level security"),
        Planted("table_without_row_security", "pitfall 2", "alter table app.kpi_data disable row level security"),
        Planted("table_without_row_security", "pitfall 3", "create table app.fresh (tenant_id uuid not null primary key)"),
        Planted("table_without_row_security", "pitfall 3", "create schema elsewhere; create table elsewhere.fresh (tenant_id uuid primary key)"),
        Planted("table_without_policy", "pitfall 2", "drop policy tenant on app.kpi_data"),
        Planted("table_without_policy", "pitfall 24", "alter policy tenant on app.kpi_data with check (true)"),
        Planted("table_without_policy", "pitfall 24", "alter policy tenant on app.kpi_data using (tenant_id is not null)"),
        Planted("second_policy", "pitfall 25", "create policy everyone on app.kpi_data for select using (true)"),
        Planted("table_without_tenant", "pitfall 3", "create table app.fresh (id uuid primary key, tenant_id uuid not null)"),
        Planted(
            "partition_granted", "pitfall 10",
            """
            create table app.parts (tenant_id uuid not null, n int, primary key (tenant_id, n)) partition by range (n);
            create table app.part1 partition of app.parts for values from (0) to (9);
            select tenancy.protect('app.parts'), tenancy.protect('app.part1'); grant select on app.part1 to {prefix}_h_dashboards
            """),
        Planted(
            "table_outlives_tenant", "an erasure that leaves rows",
            "create table app.fresh (tenant_id uuid not null primary key); select tenancy.protect('app.fresh')"),
        Planted("view_past_policy", "pitfall 8", "create view app.all_data as select * from app.kpi_data"),
        Planted("view_past_policy", "pitfall 8", "create materialized view app.kept as select 1 as n"),
        Planted(
            "trigger_notifies", "pitfall 52",
            """
            create function app.tell() returns trigger language plpgsql as $$ begin perform pg_notify('x', ''); return null; end $$;
            create trigger tell after insert on app.kpi_data execute function app.tell()
            """),
        Planted("shared_sequence", "pitfall 23", "alter table app.businesses add column number bigint generated always as identity"),
        Planted("unique_without_tenant", "pitfall 11", "create unique index names on app.businesses (name)"),
        Planted("unique_without_tenant", "pitfall 11", "create unique index names on app.businesses (lower(name), tenant_id)"),
        Planted(
            "foreign_key_without_tenant", "pitfalls 12 and 13",
            """
            create unique index ids on app.businesses (id);
            alter table app.kpi_sources add foreign key (business_id) references app.businesses (id) on delete cascade
            """),
        Planted(
            "definer_search_path", "pitfall 9",
            "create function app.f() returns int language sql security definer as 'select 1'; revoke execute on function app.f() from public"),
        Planted(
            "definer_owner", "pitfall 9",
            "create function app.f() returns int language sql security definer set search_path = pg_catalog as 'select 1'"),
        Planted(
            "definer_for_everybody", "pitfall 9",
            "create function app.f() returns int language sql security definer set search_path = pg_catalog as 'select 1'"),
        Planted(
            "definer_touches_tenants", "pitfall 9",
            """
            create function app.f() returns bigint language sql security definer set search_path = pg_catalog
                as 'select count(*) from app.kpi_data'; alter function app.f() owner to {prefix}_owner
            """),
        Planted("grant_past_policy", "pitfall 18", "grant truncate on app.kpi_data to {prefix}_h_uploads"),
        Planted("grant_past_policy", "pitfall 18", "grant references on app.businesses to public"),
        Planted("grant_to_everybody", "pitfall 3", "grant select on app.businesses to public"),
        Planted("grant_to_everybody", "pitfall 3", "create function app.f() returns int language sql as 'select 1'"),
        Planted("shared_table_granted", "pitfall 3", "grant select (email) on identity.users to {prefix}_h_auth"),
        Planted("grant_beyond_manifest", "pitfall 55", "grant delete on app.kpi_data to {prefix}_h_dashboards"),
        Planted("grant_beyond_manifest", "pitfall 55", "grant execute on function identity.profile(uuid) to {prefix}_h_dashboards"),
        Planted("create_granted", "pitfall 27", "grant create on schema app to {prefix}_h_dashboards"),
        Planted("default_grants", "pitfall 3", "alter default privileges for role {prefix}_owner in schema app grant select on tables to public"),
        Planted("context_function", "pitfall 6", "alter function tenancy.tenant_id() security invoker"),
        Planted(
            "context_function", "pitfall 6",
            "create or replace function tenancy.tenant_id() returns uuid language sql stable parallel safe security definer "
                + "set search_path = pg_catalog as 'select null::uuid'"),
        Planted("signing_keys_readable", "pitfall 6", "grant select (secret) on tenancy.keys to {prefix}_backup"),
        Planted("signing_key_callable", "pitfall 6", "grant execute on function tenancy.signing_key() to {prefix}_h_auth"),
        Planted("closed_function", "pitfall 15", "grant execute on function pg_stat_get_activity(int) to public"),
        Planted("closed_function", "pitfall 15", "grant execute on function pg_cancel_backend(int) to {prefix}_h_auth"),
        Planted("closed_function", "pitfall 16", "grant execute on function pg_advisory_lock(bigint) to public"),
        Planted("closed_relation", "pitfall 15", "grant select on pg_stat_activity to public"),
        Planted("closed_column", "pitfall 15", "grant select on pg_class to public"),
        Planted("language_usable", "pitfall 27", "grant usage on language plpgsql to public"),
        Planted(
            "temporary_tables", "pitfall 27", "do $$ begin execute format('grant temporary on database %I to public', current_database()); end $$"),
        Planted("public_schema", "pitfall 3", "grant usage on schema public to public"),
        Planted("extension_reaches_out", "pitfall 15", "create extension dblink schema public"),
        Planted("extension_reaches_out", "pitfall 15", "create extension pg_stat_statements schema public"),
    ]
}

extension Integration {
    @Suite(.testDatabase) struct LintTests {
        private static var limit: Deadline { .after(.seconds(240)) }

        private func lint() async throws -> LintReport {
            let database = try TestDatabase.current
            return try await Linter(client: database.superuserClient(), prefix: database.prefix).run(deadline: Self.limit)
        }

        @Test("nothing is found in what the migrations, roles and grants make; the host sees the same")
        func clean() async throws {
            #expect(try await lint().findings == [])
            let database = try TestDatabase.current
            for role in ["host", "admin"] {
                let report = try await Linter(client: try database.client(role: role), prefix: database.prefix).run(deadline: Self.limit)
                #expect(report.findings == [], "as \(role)")
            }
        }

        @Test("each rule finds its violation, planted in a transaction that is taken back")
        func planted() async throws {
            let database = try TestDatabase.current
            let client = database.superuserClient()
            let linter = Linter(client: client, prefix: database.prefix)
            try await client.withConnection(deadline: Self.limit) { connection in
                for violation in Planted.all {
                    let name = violation.testDescription
                    try await connection.begin()
                    let report: LintReport
                    do {
                        try await connection.execute(database.prefix.fill(violation.sql))
                        report = try await linter.run(on: connection)
                    } catch {
                        Issue.record("\(name): \(String(reflecting: error))")
                        try await connection.rollback()
                        continue
                    }
                    try await connection.rollback()
                    #expect(report.findings.contains { $0.id == violation.rule }, "\(name): found only \(report.findings.map(\.id))")
                    #expect(report.findings.allSatisfy { !$0.gain.isEmpty && !$0.object.isEmpty }, "\(name)")
                    let isMust = report.findings.first { $0.id == violation.rule }?.level == .must
                    #expect(report.refusals(accepting: "all").contains { $0.id == violation.rule } == isMust, "\(name)")
                    #expect(report.refusals(accepting: "x, \(violation.rule)").contains { $0.id == violation.rule } == isMust, "\(name)")
                    #expect(report.refusals(accepting: "").count == report.findings.count, "\(name)")
                }
            }
        }

        @Test("every rule has a planted violation, but those that depend on the server's own settings")
        func everyRule() {
            let planted = Set(Planted.all.map(\.rule))
            let unplanted = Linter.rules.filter { !planted.contains($0) }
            #expect(unplanted == ["backup_role", "server_version", "prepared_transactions", "password_encryption"])
        }

        @Test(
            "what lint says to run mends what it found",
            arguments: ["table_without_row_security", "second_policy", "shared_table_granted", "view_past_policy"])
        func fixes(rule: String) async throws {
            let database = try TestDatabase.current
            let violation = try #require(Planted.all.first { $0.rule == rule })
            try await database.execute(database.prefix.fill(violation.sql))
            for finding in try await lint().findings { try await database.execute(finding.fix) }
            #expect(try await lint().findings == [])
        }
    }
}
