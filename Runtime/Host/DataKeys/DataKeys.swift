public import Kernel
import Reactor
import Synchronization
import Tokens
import Wire

/// Tenants' data keys, unwrapped: from memory where they are known, else from the database and the master key. A tenant's first is made with its first
/// use.
public final class DataKeys: Sendable {
    private let database: DataKeyDatabase
    private let master: MasterKey
    private let time: TimeSource
    private let cache: Mutex<DataKeyCache>
    /// Where other programs hold the master key.
    private let pool = BlockingPool(threads: 4, name: "data-keys")

    /// Remembers the keys of at most that many tenants; 10,000 by default.
    public init(database: DataKeyDatabase, master: MasterKey, time: TimeSource = .system, remembered: Int = 10_000) {
        self.database = database
        self.master = master
        self.time = time
        cache = Mutex(DataKeyCache(limit: remembered))
    }

    /// What one handler is given: for each version of the tenant's key one derived for that handler, the one that seals first. What another handler sealed
    /// they do not open.
    ///
    /// Throws `NOT_FOUND` where there is no such tenant, `UNAVAILABLE` where database or master key do not answer.
    func keys(of tenant: TenantID, for handler: String) async throws(AppError) -> [DataKey] {
        try await derived(tenant, "handler \(handler)").all.map { DataKey(version: UInt32($0.id), key: $0.bytes) }
    }

    /// What seals a handler's objects of a tenant, see `ObjectStore`. Throws as ``keys(of:for:)``.
    func objectKeys(of tenant: TenantID, for handler: String) async throws(AppError) -> SecretRing {
        try await derived(tenant, "objects of handler \(handler)")
    }

    /// What seals the host's own things of a tenant; `use` says which.
    func seal(of tenant: TenantID, for use: String) async throws(AppError) -> TenantSeal {
        try TenantSeal(try await derived(tenant, "host \(use)"), tenant: tenant)
    }

    private func derived(_ tenant: TenantID, _ use: String) async throws(AppError) -> SecretRing {
        let ring = try await keys(of: tenant).ring(at: time.now())
        return try SecretRing(
            ring.all.map { SecretRing.Version(id: $0.id, bytes: HKDF.derive($0.bytes, info: Array("tenantry data key \(use)".utf8), count: 32)) })
    }

    private func keys(of tenant: TenantID) async throws(AppError) -> TenantKeys {
        let (known, question) = cache.withLock { ($0.lookup(tenant), $0.ask()) }
        if let known { return known }
        var stored = try await database.keys(of: tenant)
        if stored.isEmpty {
            try await make(.init(tenant: tenant, version: 1)) { wrapped, name throws(AppError) in try await database.add(wrapped, name) }
            stored = try await database.keys(of: tenant)
        }
        guard !stored.isEmpty else { throw AppError(.notFound, detail: "the tenant \(tenant) is not there, and so has no data key") }
        let found = stored
        let keys = try await offLoop(try master.waits(for: found.map(\.wrapped))) { () throws(AppError) -> TenantKeys in
            // Whoever waited in line behind another call for the same tenant finds its answer.
            if let known = self.cache.withLock({ $0.ask() == question ? $0.lookup(tenant) : nil }) { return known }
            var versions: [TenantKeys.Version] = []
            for one in found {
                let bytes = try self.master.unwrap(one.wrapped, .init(tenant: tenant, version: one.version))
                versions.append(.init(number: one.version, createdAt: one.createdAt, bytes: bytes))
            }
            return TenantKeys(versions: versions)
        }
        cache.withLock { $0.insert(keys, for: tenant, question) }
        return keys
    }

    /// Runs what may ask another program or read a file on a thread that may wait; else here, where it takes microseconds.
    private func offLoop<Result: Sendable>(_ waits: Bool, _ body: @escaping @Sendable () throws(AppError) -> Result) async throws(AppError) -> Result
    {
        guard waits else { return try body() }
        do {
            return try await pool.run { try body() }
        } catch let error as AppError {
            throw error
        } catch { throw AppError(.internalError, detail: "\(error)") }
    }

    private func make(
        _ name: MasterKey.Name, _ store: (MasterKey.Wrapped, MasterKey.Name) async throws(AppError) -> Void
    ) async throws(AppError) {
        let wrapped = try await offLoop(master.isCommand) { [master] () throws(AppError) in try master.wrap(SecureRandom.bytes(32), name) }
        try await store(wrapped, name)
    }

    // MARK: Changes

    /// Something changed in a tenant; nil: changes are heard from now on.
    func changed(_ tenant: TenantID?) {
        cache.withLock { cache in
            if let tenant { cache.changed(tenant) } else { cache.heard() }
        }
    }

    /// Changes are not heard any more.
    func lost() { cache.withLock { $0.lost() } }
}

extension DataKeys {
    /// One version of a tenant's key, as commands show it.
    public struct Shown: Sendable, Codable {
        public let version: Int
        /// `used` seals, `announced` will, `kept` only opens.
        public let state: String
        /// Names the version of the master key that wraps it.
        public let master: String
        public let createdAt: Timestamp

        enum CodingKeys: String, CodingKey {
            case version, state
            case master = "master_id"
            case createdAt = "created_at"
        }
    }

    /// A tenant's keys, the latest first; none before its first use.
    public func list(of tenant: TenantID) async throws(AppError) -> [Shown] {
        let stored = try await database.keys(of: tenant)
        let now = time.now()
        let used = stored.first { $0.createdAt + TenantKeys.settling <= now }?.version ?? stored.last?.version ?? 0
        return stored.map { one in
            let state = one.version == used ? "used" : one.version > used ? "announced" : "kept"
            return Shown(version: one.version, state: state, master: one.wrapped.master, createdAt: one.createdAt)
        }
    }

    /// Makes the next version of a tenant's key, which seals a minute from now on; what the ones before have sealed stays readable.
    ///
    /// Throws `CONFLICT` where it is rotated at the same moment, `NOT_FOUND` where there is no such tenant.
    public func rotate(_ tenant: TenantID) async throws(AppError) -> [Shown] {
        let newest = try await database.keys(of: tenant).first?.version ?? 0
        try await make(.init(tenant: tenant, version: newest + 1)) { wrapped, name throws(AppError) in try await database.rotate(to: wrapped, name) }
        return try await list(of: tenant)
    }

    /// How many keys a version of the master secret wraps.
    public func count(wrappedBy version: Int) async throws(AppError) -> Int { try await database.count(master: MasterKey.name(of: version)) }

    /// Wraps all keys that an older version of the master key has wrapped anew; how many. What cannot be unwrapped stays as it is and is counted as lost.
    public func rewrap() async throws(AppError) -> (rewrapped: Int, lost: Int) {
        let current = try await offLoop(master.isCommand) { [master] () throws(AppError) in try master.current() }
        var (rewrapped, lost) = (0, 0)
        var last: MasterKey.Name?
        while true {
            let batch = try await database.stale(master: current, behind: last)
            guard !batch.isEmpty else { return (rewrapped, lost) }
            for (name, old) in batch {
                last = name
                let new: MasterKey.Wrapped
                do throws(AppError) {
                    new = try await offLoop(try master.waits(for: [old])) { [master] () throws(AppError) in
                        try master.wrap(try master.unwrap(old, name), name)
                    }
                } catch {
                    guard error.code == .forbidden else { throw error }
                    lost += 1
                    continue
                }
                try await database.rewrap(name, from: old, to: new)
                rewrapped += 1
            }
        }
    }
}
