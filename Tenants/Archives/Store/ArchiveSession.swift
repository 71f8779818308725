public import Postgres

/// The open transaction that an archive is read or filled in, signed in as the handler `archive` with an operator's context.
///
/// Its search path is `pg_catalog` alone. Whoever opened it commits when the work returns, and takes all of it back when the work throws.
public protocol ArchiveSession: Sendable {
    /// Puts the newest context, and the limits of what is left of the time, in front of what follows.
    func renew() async throws

    /// Runs one statement. Throws ``PostgresError``, and `CancellationError` where nobody waits any more.
    func rows(_ sql: String, _ binds: [Bind]) async throws -> Rows
}
