public import Postgres

/// Functions of the schema `identity`, before or beside a tenant. Nothing is put in front of the binds: they begin at `$1`.
///
/// Errors, limits and read-only transactions are those of ``TenantDatabase``.
public struct IdentityDatabase: Sendable {
    let exchange: Exchange

    /// One statement in a transaction of its own.
    public func rows(_ statement: Statement, _ binds: Bind...) async throws -> Rows {
        try await exchange.run([Call(statement, binds)])[0]
    }

    /// Several statements, all or nothing, in one round trip.
    public func transaction(_ calls: [Call]) async throws -> [Rows] {
        try await exchange.run(calls)
    }
}
