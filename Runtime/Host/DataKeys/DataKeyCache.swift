import Kernel
import Tokens

/// The unwrapped data keys of one tenant.
struct TenantKeys: Sendable, Hashable {
    struct Version: Sendable, Hashable {
        let number: Int
        let createdAt: Timestamp
        /// 32 bytes. A secret.
        let bytes: [UInt8]
    }

    /// How long a new version is known everywhere before anything is sealed with it: what runs already was given the ones before.
    static let settling = Duration.seconds(60)

    /// Latest first; never empty.
    let versions: [Version]

    /// The one that seals first: the latest that has settled; where none has, the oldest.
    func ring(at now: Timestamp) throws(AppError) -> SecretRing {
        let used = versions.firstIndex { $0.createdAt + Self.settling <= now } ?? versions.count - 1
        let order = [versions[used]] + versions.enumerated().filter { $0.offset != used }.map(\.element)
        return try SecretRing(order.map { SecretRing.Version(id: $0.number, bytes: $0.bytes) })
    }
}

extension TenantKeys: CustomStringConvertible {
    /// The numbers, never the keys.
    var description: String { "TenantKeys(\(versions.map { "\($0.number)" }.joined(separator: ", ")))" }
}

/// Unwrapped data keys for as long as they are known to still be there. A pure value.
///
/// They are known only while changes are heard: keys that were destroyed are gone from here with the notification, and where that connection is lost
/// everything is.
struct DataKeyCache {
    /// Marks when a question was asked, so that an answer older than a change is not kept.
    struct Question: Equatable {
        fileprivate let number: UInt64
    }

    private struct Entry {
        let keys: TenantKeys
        var usedAt: UInt64
    }

    private var entries: [TenantID: Entry] = [:]
    private var listening = false
    private var changes: UInt64 = 0
    private var uses: UInt64 = 0
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// How many tenants' keys there are.
    var count: Int { entries.count }

    mutating func lookup(_ tenant: TenantID) -> TenantKeys? {
        guard let index = entries.index(forKey: tenant) else { return nil }
        uses += 1
        entries.values[index].usedAt = uses
        return entries.values[index].keys
    }

    /// Call it before the database is asked.
    func ask() -> Question { Question(number: changes) }

    /// Keeps an answer, unless something changed since it was asked for or nobody listens. Past the limit the half goes that was used longest ago.
    mutating func insert(_ keys: TenantKeys, for tenant: TenantID, _ question: Question) {
        guard listening, question.number == changes else { return }
        if entries.count >= limit, entries[tenant] == nil {
            let middle = entries.values.map(\.usedAt).sorted()[entries.count / 2]
            entries = entries.filter { $0.value.usedAt > middle }
        }
        uses += 1
        entries[tenant] = Entry(keys: keys, usedAt: uses)
    }

    /// Something changed in a tenant.
    mutating func changed(_ tenant: TenantID) {
        changes += 1
        entries.removeValue(forKey: tenant)
    }

    /// Changes are heard from now on.
    mutating func heard() {
        forget()
        listening = true
    }

    /// Changes are not heard any more.
    mutating func lost() {
        forget()
        listening = false
    }

    private mutating func forget() {
        changes += 1
        entries = [:]
    }
}
