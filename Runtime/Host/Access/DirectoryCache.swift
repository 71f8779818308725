import Kernel

/// What the directory said of memberships, as long as it is known to still hold. A pure value.
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

    private var entries: [TenantID: [UserID: Membership?]] = [:]
    private var count = 0
    private var listening = false
    private var changes: UInt64 = 0
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// The membership if it is known; the inner nil: known that there is none.
    func lookup(_ key: Key) -> Membership?? {
        entries[key.tenant]?[key.user]
    }

    /// Call it before the database is asked.
    func ask() -> Question { Question(number: changes) }

    /// Keeps an answer, unless something changed since it was asked for or nobody listens.
    mutating func insert(_ membership: Membership?, for key: Key, _ question: Question) {
        guard listening, question.number == changes else { return }
        if count >= limit { forgetAll() }
        if entries[key.tenant, default: [:]].updateValue(membership, forKey: key.user) == nil { count += 1 }
    }

    /// Something changed in a tenant.
    mutating func changed(_ tenant: TenantID) {
        changes += 1
        count -= entries.removeValue(forKey: tenant)?.count ?? 0
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
        entries.removeAll(keepingCapacity: true)
        count = 0
    }
}
