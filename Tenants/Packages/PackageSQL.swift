import Postgres

/// The package installer's statements.
enum PackageSQL {
    /// $1: prefix. One command on packages at a time.
    static let lock = Statement(
        "packages.lock", "select pg_advisory_lock(hashtextextended('tenantry.packages.' || $1::text, 0))", access: .write)

    /// $1, $2: schema, the role that owns the installation's schemas. Whether the schema is there, and whether it is this installation's.
    static let schema = Statement(
        "packages.schema",
        "select count(*), count(*) filter (where nspowner = (select oid from pg_roles where rolname = $2)) from pg_namespace where nspname = $1")

    /// $1: schema. What stands in it, beside its own rights.
    static let left = Statement(
        "packages.left",
        """
        select c.oid::regclass::text from pg_class c where c.relnamespace = to_regnamespace($1) and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
        union all
        select t.oid::regtype::text from pg_type t where t.typnamespace = to_regnamespace($1) and t.typtype in ('e', 'd', 'r')
        union all
        select p.oid::regprocedure::text from pg_proc p where p.pronamespace = to_regnamespace($1)
        """)

    /// $1, $2, $3: handler, version, source.
    static let switched = Statement(
        "packages.switched",
        """
        update tenancy.handlers set version = $2, source = $3, switched_at = case when version is distinct from $2 then now() else switched_at end
        where name = $1
        """, access: .write)

    /// $1: handler. Its version, or null.
    static let version = Statement("packages.version", "select version from tenancy.handlers where name = $1")

    /// $1: series.
    static let forgetSeries = Statement("packages.forget_series", "delete from tenancy.migrations where series = $1", access: .write)

    /// $1: role. Ends its sessions.
    static let disconnect = Statement(
        "packages.disconnect", "select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = $1", access: .write)

    /// Of the transaction, not of the statement: it tells one transaction from the next.
    static let transaction = "select pg_catalog.now()::pg_catalog.text"
}

/// Statements about a package's owner and schema, from names that are checked plain identifiers.
enum PackageDDL {
    /// What the owner needs to run its steps, and nothing more.
    static func owner(_ prefix: RolePrefix, _ name: String, database: String) -> [String] {
        let owner = prefix.packageOwner(name)
        return [
            "grant connect on database \(database) to \(owner)",
            "grant usage on schema tenancy to \(owner)",
            "grant references (id) on tenancy.tenants to \(owner)",
            "grant execute on function tenancy.protect(regclass), tenancy.count_erased(), tenancy.record_step(int, text, text), tenancy.forget_step(int) to \(owner)",
            "grant usage, create on schema \(name) to \(owner)",
            "grant usage on schema \(name) to \(prefix.backup)",
        ]
    }

    /// Lets the owner in for a while. The end is the server's own, whatever becomes of this program.
    static func open(_ owner: String, _ verifier: SCRAMVerifier, until: String) -> [String] {
        ["alter role \(owner) valid until '\(until)'", RoleDDL.signIn(owner, verifier)]
    }

    /// Shuts the owner out, and forgets what it may have set for itself.
    static func close(_ owner: String, database: String) -> [String] {
        ["alter role \(owner) nologin password null", "alter role \(owner) reset all", "alter role \(owner) in database \(database) reset all"]
    }
}
