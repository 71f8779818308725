public import Kernel

/// Whose jobs a host claims next, and how many. A pure value.
///
/// Each handler has a lane, as wide as it can run jobs, so that a long queue of one keeps nobody else's jobs waiting: lanes share what is free equally,
/// and get what others leave. In a lane tenants stand in a circle, each with an equal share. The circle goes on where it stood, so that a tenant waits for
/// one round at most, however many jobs another one has.
public struct ClaimTurns: Sendable {
    /// A tenant with jobs of a handler.
    public struct Party: Sendable, Hashable {
        public var handler: String
        public var tenant: TenantID

        public init(handler: String, tenant: TenantID) {
            self.handler = handler
            self.tenant = tenant
        }
    }

    /// What is asked of the database for one of them.
    public struct Share: Sendable, Hashable {
        public var party: Party
        public var most: Int
    }

    /// A handler with room for more.
    public struct Opening: Sendable, Hashable {
        public var handler: String
        /// The last tenant that had its turn there.
        public var place: UUID
    }

    private struct Lane {
        var place = UUID.zero
        var running: [TenantID: Int] = [:]
        var count = 0
    }

    private var lanes: [String: Lane] = [:]
    /// The lane that had the first turn.
    private var first = ""
    /// Jobs that run.
    public private(set) var count = 0
    /// How many run at once.
    public let capacity: Int

    public init(capacity: Int) { self.capacity = max(1, capacity) }

    public var free: Int { capacity - count }

    /// Jobs of a handler that run.
    public func count(of handler: String) -> Int { lanes[handler]?.count ?? 0 }

    /// Lanes with room, by name. `limits`: how many jobs each handler runs at once.
    public func openings(_ limits: [String: Int]) -> [Opening] {
        guard free > 0 else { return [] }
        return limits.filter { count(of: $0.key) < $0.value }.keys.sorted().map { Opening(handler: $0, place: lanes[$0]?.place ?? .zero) }
    }

    /// Shares what is free between those that wait, each handler's in its circle's order.
    public mutating func shares(_ waiting: [Party], _ limits: [String: Int]) -> [Share] {
        var circles: [String: [TenantID]] = [:]
        for party in waiting where count(of: party.handler) < limits[party.handler, default: 0] {
            circles[party.handler, default: []].append(party.tenant)
        }
        guard !circles.isEmpty, free > 0 else { return [] }
        let names = circles.keys.sorted()
        let order = names.filter { $0 > first } + names.filter { $0 <= first }
        first = order[0]
        let active = Set(order).union(lanes.keys.filter { count(of: $0) > 0 }).count
        let parts = Self.divide(
            free, equal: max(1, capacity / active), order.map { (count(of: $0), limits[$0, default: 0] - count(of: $0)) })
        var shares: [Share] = []
        for (handler, part) in zip(order, parts) where part > 0 {
            guard let tenants = circles[handler] else { continue }
            var lane = lanes[handler] ?? Lane()
            let width = min(capacity, limits[handler, default: 0])
            let parties = Set(tenants).union(lane.running.keys).count
            let most = Self.divide(part, equal: max(1, width / parties), tenants.map { (lane.running[$0, default: 0], part) })
            for (tenant, most) in zip(tenants, most) where most > 0 {
                shares.append(Share(party: Party(handler: handler, tenant: tenant), most: most))
                lane.place = tenant.uuid
            }
            lanes[handler] = lane
        }
        return shares
    }

    /// An equal part for each; whoever holds more than that already gets what others leave. Nobody gets more than it has room for.
    private static func divide(_ free: Int, equal: Int, _ parties: [(held: Int, room: Int)]) -> [Int] {
        var left = free
        var parts = parties.map { party in
            let part = min(left, party.room, max(0, equal - party.held))
            left -= part
            return part
        }
        while left > 0 {
            let open = parties.indices.filter { parts[$0] < parties[$0].room }
            guard !open.isEmpty else { break }
            for (turn, index) in open.enumerated() where left > 0 {
                let part = min(parties[index].room - parts[index], (left + open.count - turn - 1) / (open.count - turn))
                parts[index] += part
                left -= part
            }
        }
        return parts
    }

    /// Jobs begin to run.
    public mutating func began(_ party: Party, _ jobs: Int = 1) {
        guard jobs > 0 else { return }
        lanes[party.handler, default: Lane()].running[party.tenant, default: 0] += jobs
        lanes[party.handler]?.count += jobs
        count += jobs
    }

    /// One of them has ended.
    public mutating func ended(_ party: Party) {
        guard let held = lanes[party.handler]?.running[party.tenant] else { return }
        lanes[party.handler]?.running[party.tenant] = held > 1 ? held - 1 : nil
        lanes[party.handler]?.count -= 1
        count -= 1
    }
}
