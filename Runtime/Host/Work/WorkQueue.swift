import Postgres

/// A queue of what handlers do when nobody waits: its functions in the database, and the route that does it.
struct WorkQueue: Sendable {
    /// The handler, and its route with the access `system`: `POST {"kind", "id", "attempt"}`, asked again until it answers 2xx.
    let handler: String
    let path: String
    /// $1 who claims, $2 for how many seconds, $3 how much: tenant, kind, id, attempt.
    let claim: Statement
    /// $1 tenant, $2 kind, $3 id, $4 who claimed it, $5 for how many seconds: whether the claim still holds.
    let renew: Statement
    /// $1 to $4 the same, $5 in how many seconds it is tried again; null: it is done.
    let end: Statement

    /// Files that are to be read, imported or removed.
    static let files = WorkQueue(
        handler: "uploads", path: "/internal/uploads/work",
        claim: Statement(
            "host.file_work_claim",
            "select tenant_id, kind, id, attempt from tenancy.claim_file_work($1, make_interval(secs => $2::float8), $3)", access: .write),
        renew: Statement(
            "host.file_work_renew", "select tenancy.renew_file_work($1, $2, $3, $4, make_interval(secs => $5::float8))", access: .write),
        end: Statement("host.file_work_end", "select tenancy.end_file_work($1, $2, $3, $4, $5)", access: .write))
}
