import Kernel
public import Postgres

/// Tenants' wrapped data keys in the database.
public struct DataKeyDatabase: Sendable {
    let client: PostgresClient

    /// `client` signs in as the host, the admin or the installer.
    public init(client: PostgresClient) { self.client = client }

    /// One version as it is stored.
    struct Stored: Sendable, Hashable {
        let version: Int
        let wrapped: MasterKey.Wrapped
        /// In the database's time.
        let createdAt: Timestamp
        /// Whether a later one has taken over.
        let isRetired: Bool
    }

    /// $1: tenant.
    static let read = Statement(
        "host.data_keys",
        "select version, wrapped, master_id, created_at, retired_at is not null from tenancy.data_keys where tenant_id = $1 order by version desc",
        cost: .short)

    /// $1…$4: tenant, version, wrapped, master. Of two at once one adds; both read that one. No tenant, no key.
    static let add = Statement(
        "host.data_key_add",
        """
        insert into tenancy.data_keys (tenant_id, version, wrapped, master_id)
        select t.id, $2, $3, $4 from tenancy.tenants t where t.id = $1
        on conflict (tenant_id, version) do nothing
        """, access: .write)

    /// $1, $2: master, how many. Keys that another version of the master key has wrapped, from the one behind the tenant $3 and version $4 on.
    static let stale = Statement(
        "host.data_keys_stale",
        """
        select tenant_id, version, wrapped, master_id from tenancy.data_keys
        where master_id <> $1 and (tenant_id, version) > ($3::uuid, $4::int) order by tenant_id, version limit $2
        """)

    /// $1: master.
    static let count = Statement("host.data_keys_count", "select count(*) from tenancy.data_keys where master_id = $1")

    /// $1…$5: tenant, version, how it was wrapped, how it is now, by which master.
    static let rewrap = Statement(
        "host.data_key_rewrap",
        "update tenancy.data_keys set wrapped = $4, master_id = $5 where tenant_id = $1 and version = $2 and wrapped = $3", access: .write)

    /// $1, $2: tenant, the version that takes over.
    static let retire = Statement(
        "host.data_key_retire",
        "update tenancy.data_keys set retired_at = now() where tenant_id = $1 and version < $2 and retired_at is null", access: .write)

    /// $1: tenant.
    static let notify = Statement("host.data_keys_changed", "select pg_notify('tenancy_changed', $1::uuid::text)", access: .write)

    func keys(of tenant: TenantID) async throws(AppError) -> [Stored] {
        let rows = try await run([Postgres.Call(Self.read, [.id(tenant)])])[0]
        do throws(PostgresError) {
            return try rows.map { row throws(PostgresError) in
                Stored(
                    version: Int(try row.int64(0)), wrapped: .init(bytes: try row.bytes(1), master: try row.text(2)), createdAt: try row.timestamp(3),
                    isRetired: try row.bool(4))
            }
        } catch { throw error.appError }
    }

    func add(_ wrapped: MasterKey.Wrapped, _ name: MasterKey.Name) async throws(AppError) {
        _ = try await run([
            Postgres.Call(Self.add, [.id(name.tenant), .int32(Int32(name.version)), .bytes(wrapped.bytes), .text(wrapped.master)])
        ])
    }

    /// Adds a version behind those that are there, and says so to all gateways. Throws `CONFLICT` where somebody else adds it at the same time.
    func rotate(to wrapped: MasterKey.Wrapped, _ name: MasterKey.Name) async throws(AppError) {
        let version = Bind.int32(Int32(name.version))
        let results = try await run([
            Postgres.Call(Self.add, [.id(name.tenant), version, .bytes(wrapped.bytes), .text(wrapped.master)]),
            Postgres.Call(Self.retire, [.id(name.tenant), version]), Postgres.Call(Self.notify, [.id(name.tenant)]),
        ])
        guard results[0].affected == 1 else { throw AppError(.conflict, "the tenant's key is rotated by somebody else at this moment") }
    }

    /// Keys that another version of the master key has wrapped, at most 100, behind one.
    func stale(master: String, behind last: MasterKey.Name?) async throws(AppError) -> [(name: MasterKey.Name, wrapped: MasterKey.Wrapped)] {
        let rows = try await run([
            Postgres.Call(
                Self.stale, [.text(master), .int64(100), .id(last?.tenant ?? TenantID(.zero)), .int32(Int32(last?.version ?? 0))])
        ])[0]
        do throws(PostgresError) {
            return try rows.map { row throws(PostgresError) in
                (
                    MasterKey.Name(tenant: TenantID(try row.uuid(0)), version: Int(try row.int64(1))),
                    MasterKey.Wrapped(bytes: try row.bytes(2), master: try row.text(3))
                )
            }
        } catch { throw error.appError }
    }

    func count(master: String) async throws(AppError) -> Int {
        let rows = try await run([Postgres.Call(Self.count, [.text(master)])])[0]
        do throws(PostgresError) { return Int(try rows[0].int64(0)) } catch { throw error.appError }
    }

    func rewrap(_ name: MasterKey.Name, from old: MasterKey.Wrapped, to new: MasterKey.Wrapped) async throws(AppError) {
        _ = try await run([
            Postgres.Call(
                Self.rewrap, [.id(name.tenant), .int32(Int32(name.version)), .bytes(old.bytes), .bytes(new.bytes), .text(new.master)])
        ])
    }

    private func run(_ calls: [Postgres.Call]) async throws(AppError) -> [Rows] {
        do {
            return try await client.run(Segment(calls), deadline: .after(.seconds(5)))
        } catch let error as PostgresError {
            throw error.appError
        } catch { throw AppError(.internalError, detail: "\(error)") }
    }
}
