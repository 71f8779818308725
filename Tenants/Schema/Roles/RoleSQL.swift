import Postgres

/// The role installer's statements. Those that name a role are made by ``RoleDDL``, as Postgres takes no binds there.
enum RoleSQL {
    /// Whether whoever is signed in may do everything.
    static let isSuperuser = Statement("roles.is_superuser", "select rolsuper from pg_roles where rolname = current_user")

    static let database = Statement("roles.database", "select quote_ident(current_database())")

    /// $1: names. Those that exist.
    static let existing = Statement("roles.existing", "select rolname::text from pg_roles where rolname = any ($1::text[])")
}

/// Statements about roles, from names that are checked plain identifiers.
enum RoleDDL {
    static func create(_ role: String) -> String { "create role \(role) nologin nosuperuser nocreatedb nocreaterole noreplication" }

    /// The password travels as its SCRAM verifier only.
    static func signIn(_ role: String, _ verifier: SCRAMVerifier) -> String { "alter role \(role) login password '\(verifier)'" }

    static func bypass(_ role: String) -> String { "alter role \(role) bypassrls" }

    /// Last resorts against a transaction that its handler forgot, each invocation sets tighter ones; and against one that takes all processors. ``RoleRules/settings`` compares them.
    ///
    /// A role may change its own settings: whatever it left there goes first.
    static func limits(_ role: String, database: String) -> [String] {
        [
            "alter role \(role) reset all", "alter role \(role) in database \(database) reset all",
            "alter role \(role) set search_path = pg_catalog",
            "alter role \(role) set statement_timeout = '10min'",
            "alter role \(role) set lock_timeout = '10s'",
            "alter role \(role) set idle_in_transaction_session_timeout = '30s'",
            // One call takes one core at most: parallel workers and the compiler of expressions would take it from other tenants.
            "alter role \(role) set max_parallel_workers_per_gather = 0",
            "alter role \(role) set jit = off",
        ]
    }
}
