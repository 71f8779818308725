public import Kernel
public import Postgres
public import Tokens

/// The keys that sign contexts. They are made in the database and stay there; two are valid at a time.
public struct KeyRing: Sendable {
    let client: PostgresClient

    /// `client` signs in as the admin role or the installer to rotate, as the host role to read.
    public init(client: PostgresClient) { self.client = client }

    /// Makes the key that signs from now on and returns its number. The one before it stays valid until the next rotation.
    public func rotate(deadline: Deadline) async throws -> Int {
        let rows = try await client.run(Segment([Call(KeySQL.rotate)]), deadline: deadline)
        return Int(try rows[0][0].int64(0))
    }

    /// The newest key. Throws `UNAVAILABLE` where there is none.
    public func newest(deadline: Deadline) async throws -> SigningKey {
        let rows = try await client.run(Segment([Call(KeySQL.newest)]), deadline: deadline)
        guard let row = rows[0].first else { throw AppError(.unavailable, "there is no signing key; run migrations") }
        return try SigningKey(id: Int(try row.int64(0)), secret: try row.bytes(1))
    }
}

enum KeySQL {
    static let rotate = Statement("keys.rotate", "select tenancy.rotate()", access: .write)
    static let newest = Statement("keys.newest", "select kid, secret from tenancy.signing_key()")
}
