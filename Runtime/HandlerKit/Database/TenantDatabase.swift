public import Postgres

/// The rows of one tenant, through the statements of the handler's catalogue.
///
/// `$1` of every statement is the tenant: it is put in front here, so the binds that are passed begin at `$2`. Each call is one transaction and one
/// round trip, read-only where the route does not write; what is left of the deadline limits it. Errors are ``AppError``; what the database said
/// stands in the log only.
public struct TenantDatabase: Sendable {
    let exchange: Exchange

    /// One statement in a transaction of its own.
    public func rows(_ statement: Statement, _ binds: Bind...) async throws -> Rows { fatalError() }

    /// Several statements, all or nothing, in one round trip. None of them can depend on another's result.
    public func transaction(_ calls: [Call]) async throws -> [Rows] { fatalError() }

    /// Statements that depend on each other's results, all or nothing, on a connection of their own: at least three round trips.
    ///
    /// Commits when the body returns, rolls back when it throws, and after the deadline or a cancellation in any case. Inside the body only
    /// `transaction` reaches the database; any other call throws. The body must not wait for a client or another host.
    public func interactive<R: Sendable>(_ body: (Transaction) async throws -> R) async throws -> R { fatalError() }

    /// Rows of a long result one by one, on a connection of its own that it holds until it ends, at most for `limit`.
    public func stream(_ statement: Statement, _ binds: Bind..., limit: Duration = .seconds(30)) -> RowStream { fatalError() }

    /// SQL that no catalogue has, on a connection of its own that is closed afterwards. The tenant is `$1` here too.
    public func unsafeSQL(_ sql: String, _ binds: Bind...) async throws -> Rows { fatalError() }
}
