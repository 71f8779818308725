import AuditTrail
import Kernel
import Tokens

/// A chain in memory, and what somebody who can write everything but the key does to it.
struct Trail {
    static let tenant = TenantID(UUID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0001))
    static let start = Timestamp(seconds: 1_770_000_000)

    static func keys(_ versions: Int...) throws -> SecretRing {
        try SecretRing(versions.map { SecretRing.Version(id: $0, bytes: [UInt8](repeating: UInt8($0), count: 32)) })
    }

    static func entry(_ number: Int) -> AuditEntry {
        AuditEntry(
            id: UUID(high: 0x0190_0000_0000_7001, low: 0x8000_0000_0000_0000 | UInt64(number)), occurredAt: start + .seconds(number),
            user: UUID(high: 1, low: 2), role: "owner", action: "thing.made", targetType: "thing", targetID: "\(number)", handler: "dashboards",
            address: "10.0.0.1", userAgent: "test", requestID: "r\(number)", details: #"{"n": \#(number)}"#)
    }

    var seals: [AuditSeal] = []
    var places: [ChainCheck.Place] = []
    private var nextEntry = 1

    /// Batches of so many entries.
    init(_ batches: [Int], keys: SecretRing) {
        for count in batches { seal(count, keys: keys) }
    }

    mutating func seal(_ count: Int, keys: SecretRing) {
        let entries = (0..<count).map { Self.entry(nextEntry + $0) }
        nextEntry += count
        let hashes = entries.map { $0.hash(of: Self.tenant) }
        let seal = AuditSeal(after: seals.last, entries: hashes, of: Self.tenant, at: Self.start + .seconds(nextEntry), keys: keys)
        for (index, entry) in entries.enumerated() {
            places.append(
                ChainCheck.Place(
                    position: seal.firstPosition + Int64(index), entryID: entry.id, entryHash: hashes[index].bytes, entry: entry))
        }
        seals.append(seal)
    }

    /// What a check finds, read as the database would give it.
    func breaks(keys: SecretRing, known: ChainCheck.Known? = nil, tenant: TenantID = Self.tenant, inserted: [UUID] = []) -> [ChainBreak] {
        var check = ChainCheck(tenant, keys: keys, known: known)
        for seal in seals.sorted(by: { $0.number < $1.number }) {
            check.take(
                seal,
                places: places.filter { $0.position >= seal.firstPosition && $0.position < seal.nextPosition }.sorted { $0.position < $1.position })
        }
        let covered = seals.max { $0.number < $1.number }?.nextPosition ?? 1
        check.end(firstUncovered: places.map(\.position).filter { $0 >= covered }.min(), inserted: inserted)
        return check.breaks
    }
}
