import Postgres

/// The migrator's statements.
enum MigrationSQL {
    /// $1: prefix. Waits at most `lock_timeout`; held until the connection closes.
    static let lock = Statement(
        "migrations.lock", "select pg_advisory_lock(hashtextextended('tenantry.migrations.' || $1::text, 0))", access: .write)

    /// $1: settings for this connection: the longest wait for a lock, as Postgres writes it.
    static let settings = Statement(
        "migrations.settings",
        """
        select set_config('lock_timeout', $1, false), set_config('search_path', 'pg_catalog', false),
            set_config('client_min_messages', 'warning', false), set_config('statement_timeout', '0', false)
        """, access: .write)

    static let recordExists = Statement("migrations.record_exists", "select to_regclass('tenancy.migrations') is not null")

    static let applied = Statement(
        "migrations.applied", "select series, version, name, checksum, applied_at from tenancy.migrations order by series, version")

    /// $1…$4: series, version, name, checksum.
    static let record = Statement(
        "migrations.record", "insert into tenancy.migrations (series, version, name, checksum) values ($1, $2, $3, $4)", access: .write)

    /// $1, $2: series, version.
    static let forget = Statement("migrations.forget", "delete from tenancy.migrations where series = $1 and version = $2", access: .write)

    /// $1: names. Those that are tables.
    static let tables = Statement(
        "migrations.tables", "select name from unnest($1::text[]) as name where to_regclass(name) is not null")
}
