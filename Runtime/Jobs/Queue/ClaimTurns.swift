public import Kernel

/// Whose jobs a host claims next, and how many: tenants in a circle, each an equal share of what is free. A pure value.
///
/// The circle goes on where it stood, so that a tenant waits for one round at most, however many jobs another one has.
public struct ClaimTurns: Sendable {
    /// What is asked of the database for one tenant.
    public struct Share: Sendable, Hashable {
        public var tenant: TenantID
        public var most: Int
    }

    /// The last tenant that had its turn.
    public private(set) var place = UUID.zero
    /// Jobs that run, by tenant.
    private var running: [TenantID: Int] = [:]
    /// All of them.
    public private(set) var count = 0
    /// How many run at once.
    public let capacity: Int

    public init(capacity: Int) { self.capacity = max(1, capacity) }

    public var free: Int { capacity - count }

    /// Shares what is free between tenants that wait, in the circle's order. Whoever holds more than an equal part already gets what others leave.
    public mutating func shares(_ waiting: [TenantID]) -> [Share] {
        guard !waiting.isEmpty, free > 0 else { return [] }
        let parties = Set(waiting).union(running.keys).count
        let equal = max(1, capacity / parties)
        var left = free
        var most: [Int] = []
        for tenant in waiting {
            let part = min(left, max(0, equal - running[tenant, default: 0]))
            most.append(part)
            left -= part
        }
        // The rest goes round once more, to those who wait.
        for (turn, index) in waiting.indices.enumerated() where left > 0 {
            let part = (left + waiting.count - turn - 1) / (waiting.count - turn)
            most[index] += part
            left -= part
        }
        place = waiting[waiting.count - 1].uuid
        return zip(waiting, most).filter { $0.1 > 0 }.map { Share(tenant: $0.0, most: $0.1) }
    }

    /// Jobs of a tenant begin to run.
    public mutating func began(_ tenant: TenantID, _ jobs: Int = 1) {
        guard jobs > 0 else { return }
        running[tenant, default: 0] += jobs
        count += jobs
    }

    /// One of them has ended.
    public mutating func ended(_ tenant: TenantID) {
        guard let held = running[tenant] else { return }
        running[tenant] = held > 1 ? held - 1 : nil
        count -= 1
    }
}
