import Kernel
import Tokens

/// What the directory said of memberships and keys, as long as it is known to still hold. A pure value.
///
/// It holds only while the listening connection stands: changes are announced there, and what was announced while it was lost is not known.
struct DirectoryCache {
    struct Key: Hashable, Sendable {
        var tenant: TenantID
        var user: UserID
    }

    /// Marks when a question was asked, so that an answer older than a change is not kept.
    struct Question: Equatable {
        fileprivate let number: UInt64
    }

    private struct Tenant {
        var memberships: [UserID: Membership?] = [:]
        var keys: [Digest: APIKey] = [:]
    }

    private var tenants: [TenantID: Tenant] = [:]
    /// Whose key a hash is of.
    private var keyTenants: [Digest: TenantID] = [:]
    private var count = 0
    private var listening = false
    private var changes: UInt64 = 0
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// The membership if it is known; the inner nil: known that there is none.
    func lookup(_ key: Key) -> Membership?? {
        tenants[key.tenant]?.memberships[key.user]
    }

    /// The key of that hash if it is known.
    func lookup(_ hash: Digest) -> APIKey? {
        keyTenants[hash].flatMap { tenants[$0]?.keys[hash] }
    }

    /// Call it before the database is asked.
    func ask() -> Question { Question(number: changes) }

    /// Keeps an answer, unless something changed since it was asked for or nobody listens.
    mutating func insert(_ membership: Membership?, for key: Key, _ question: Question) {
        guard listening, question.number == changes else { return }
        if count >= limit { forgetAll() }
        if tenants[key.tenant, default: Tenant()].memberships.updateValue(membership, forKey: key.user) == nil { count += 1 }
    }

    /// The same for a key. What is no key is not kept: everybody could fill the memory with that.
    mutating func insert(_ key: APIKey, for hash: Digest, _ question: Question) {
        guard listening, question.number == changes else { return }
        if count >= limit { forgetAll() }
        if tenants[key.tenant, default: Tenant()].keys.updateValue(key, forKey: hash) == nil { count += 1 }
        keyTenants[hash] = key.tenant
    }

    /// Something changed in a tenant.
    mutating func changed(_ tenant: TenantID) {
        changes += 1
        guard let gone = tenants.removeValue(forKey: tenant) else { return }
        count -= gone.memberships.count + gone.keys.count
        for hash in gone.keys.keys { keyTenants.removeValue(forKey: hash) }
    }

    /// The listening connection stands: from now on every change is heard.
    mutating func heard() {
        forgetAll()
        listening = true
    }

    /// The listening connection was lost.
    mutating func lost() {
        forgetAll()
        listening = false
    }

    private mutating func forgetAll() {
        changes += 1
        tenants.removeAll(keepingCapacity: true)
        keyTenants.removeAll(keepingCapacity: true)
        count = 0
    }
}
