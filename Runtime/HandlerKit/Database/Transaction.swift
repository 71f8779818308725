public import Postgres

/// An open transaction of ``TenantDatabase/interactive(_:)``. Of no use outside its body.
public struct Transaction: Sendable {
    /// One statement; the tenant is `$1`.
    public func rows(_ statement: Statement, _ binds: Bind...) async throws -> Rows { fatalError() }

    /// Several statements in one round trip.
    public func batch(_ calls: [Call]) async throws -> [Rows] { fatalError() }
}
