extension Attack {
    private static let peek = "select name from app.businesses order by name"

    /// Contexts of one's own making: each followed by a look at what opens.
    static let forging: [Attack] =
        [
            "", "{B}", "tc1.1.t.{B}.{ub}.owner.{handler}.0.9999999999999999.{B}.00", "{forged}", "{expired}", "{elsewhere}", "{identity}",
            "{swapped}", "{valid}x", "{valid}.", ".{valid}", "{upper}", " {valid}",
        ].flatMap { text in
            [
                Attack("select tenancy.use('\(text)')", peek), Attack("select set_config('tenancy.context', '\(text)', false)", peek),
                Attack("set local tenancy.context = '\(text)'", peek), Attack("set session tenancy.context to '\(text)'", peek),
            ]
        }
        + ["reset tenancy.context", "reset all", "set tenancy.context to default", "discard all", "discard plans"].map { Attack($0, peek) }
        + [
            "set tenancy.tenant_id = '{B}'", "set app.tenant_id = '{B}'", "set request.jwt.claims = '{\"tenant\":\"{B}\"}'",
            "set tenancy.policy_flavour = 'bare'",
        ].map { Attack($0, peek) }
        + [
            Attack("select set_config('tenancy.context', replace(current_setting('tenancy.context'), '{A}', '{B}'), true)", peek),
            Attack("select tenancy.use(replace(current_setting('tenancy.context'), '.owner.', '.admin.'))", peek),
            Attack("savepoint s", "select tenancy.use('x')", "rollback to s", peek),
            Attack("select (select tenancy.use('{forged}')), (select count(*) from app.businesses)"),
            Attack("with f as (select tenancy.use('{forged}')) select count(*) from f, app.businesses"),
        ]

    /// Settings and roles.
    static let settings: [Attack] =
        ["owner", "admin", "host", "migrator", "backup", "h_auth", "h_dashboards", "h_uploads", "h_probe"].flatMap { role in
            [
                Attack("set role {prefix}_\(role)", peek), Attack("set local role {prefix}_\(role)", peek),
                Attack("set session authorization {prefix}_\(role)", peek), Attack("select set_config('role', '{prefix}_\(role)', true)", peek),
                Attack("select set_config('session_authorization', '{prefix}_\(role)', true)", peek),
                Attack("grant {prefix}_\(role) to current_user", peek),
            ]
        }
        + [
            "set role postgres", "set role none", "reset role", "reset session authorization", "set session_replication_role = replica",
            "set row_security = off", "set search_path = identity, tenancy, app", "set search_path = pg_temp, app",
            "set local check_function_bodies = off",
            "set default_transaction_read_only = off", "set transaction isolation level serializable",
            "set session characteristics as transaction read write",
            "set allow_system_table_mods = on", "set debug_parallel_query = on", "set force_parallel_mode = regress", "set zero_damaged_pages = on",
            "set ignore_system_indexes = on", "set session_preload_libraries = 'x'", "set local_preload_libraries = '$libdir/plugins/x'",
            "set lo_compat_privileges = on", "set log_statement = 'all'", "set backtrace_functions = 'x'", "set createrole_self_grant = 'set'",
            "set exit_on_error = on", "set transform_null_equals = on", "set constraint_exclusion = on", "set from_collapse_limit = 1",
            "set geqo = on",
            "set timezone = 'Asia/Tokyo'", "set datestyle = 'German'", "set bytea_output = 'escape'", "set quote_all_identifiers = on",
            "set statement_timeout = 0", "set temp_file_limit = -1", "set work_mem = '1GB'", "set application_name = 'x'",
            "alter system set fsync = off",
            "alter role {prefix}_host set row_security = off", "alter role {prefix}_host password 'x'", "alter role current_user bypassrls",
            "alter role current_user superuser", "alter database postgres set row_security = off", "alter role all set row_security = off",
            "alter role current_user createrole", "alter role current_user rename to mine", "alter role current_user valid until 'infinity'",
            "set client_encoding = 'SQL_ASCII'",
        ].map { Attack($0, peek) }
}
