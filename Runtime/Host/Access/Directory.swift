import Kernel
import Logging
import Postgres
import Synchronization
import Tokens

/// Who is a member of which tenant, from memory where it is known, else from the database.
final class Directory: Sendable {
    private let database: HostDatabase
    private let cache: Mutex<DirectoryCache>
    private let logger: Logger
    private let listening = Atomic(false)
    /// Announced in the place of a tenant where something of all of them has changed.
    private static let all = "*"

    /// Remembers at most that many memberships; 50,000 by default.
    init(database: HostDatabase, remembered: Int = 50_000, logger: Logger) {
        self.database = database
        self.logger = logger
        cache = Mutex(DirectoryCache(limit: remembered))
    }

    /// Whether changes are heard.
    var isListening: Bool { listening.load(ordering: .relaxed) }

    /// The membership if it is in memory; the inner nil: known that there is none.
    func known(_ tenant: TenantID, _ user: UserID) -> Membership?? {
        cache.withLock { $0.lookup(.init(tenant: tenant, user: user)) }
    }

    /// The membership as it stands; nil where there is none. Throws `UNAVAILABLE` where the database does not say.
    func membership(_ tenant: TenantID, _ user: UserID) async throws(AppError) -> Membership? {
        if let known = known(tenant, user) { return known }
        let question = cache.withLock { $0.ask() }
        let membership = try await database.membership(tenant, user)
        cache.withLock { $0.insert(membership, for: .init(tenant: tenant, user: user), question) }
        return membership
    }

    /// The key of that hash; nil where there is none that was not revoked. Throws `UNAVAILABLE` where the database does not say.
    func key(_ hash: Digest) async throws(AppError) -> APIKey? {
        let (known, question) = cache.withLock { ($0.lookup(hash), $0.ask()) }
        if let known { return known }
        guard let key = try await database.apiKey(hash) else { return nil }
        cache.withLock { $0.insert(key, for: hash, question) }
        return key
    }

    /// What an operator may do now; nil for who is none. Asked anew each time, so that what is taken away counts at once.
    func standing(of user: UserID) async throws(AppError) -> OperatorStanding? { try await database.operatorStanding(user) }

    /// Whose a webhook's path is; nil where nobody has opened it, or its tenant is not served.
    func webhookTenant(_ resolver: String, _ id: UUID) async throws(AppError) -> TenantID? { try await database.webhookTenant(resolver, id) }

    /// Whether there is a tenant of that id, whatever its status.
    func hasTenant(_ tenant: TenantID) async throws(AppError) -> Bool { try await database.hasTenant(tenant) }

    /// Decides again whether a caller who was let in still is. Throws why not, and `UNAVAILABLE`.
    func confirm(_ principal: Principal, at now: Timestamp) async throws(AppError) {
        if principal.isOperator { return try principal.again(try await standing(of: principal.user)) }
        if case .key(let hash, _) = principal.proof {
            guard let key = try await key(hash) else { throw Principal.unknownKey }
            guard key.expiry > now else { throw AppError(.unauthenticated, "This API key has expired") }
        }
        try principal.again(try await membership(principal.tenant, principal.user))
    }

    /// A call that was let in has changed something in a tenant: what is remembered of it is read again.
    func changed(_ tenant: TenantID) { cache.withLock { $0.changed(tenant) } }

    /// Listens for changes until the task is cancelled. `changed` is told each tenant; nil: any of them may have changed. `lost` is told when changes are
    /// not heard any more.
    func run(changed: (TenantID?) -> Void, lost: () -> Void = {}, waiting: () -> Void = {}) async {
        for await event in database.changes() {
            switch event {
            case .listening:
                cache.withLock { $0.heard() }
                listening.store(true, ordering: .relaxed)
                changed(nil)
            case .notified(JobDatabase.channel, _): waiting()
            case .notified(_, Self.all):
                cache.withLock { $0.heard() }
                changed(nil)
            case .notified(_, let payload):
                guard let tenant = TenantID(payload) else {
                    logger.warning("a change of the directory names no tenant", metadata: .keys([.reason: "\(payload.prefix(64))"]))
                    continue
                }
                cache.withLock { $0.changed(tenant) }
                changed(tenant)
            case .lost:
                listening.store(false, ordering: .relaxed)
                cache.withLock { $0.lost() }
                lost()
                logger.warning("changes of the directory are not heard; it is read for every request")
            }
        }
    }
}
