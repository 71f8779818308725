import Kernel
import Wire

/// How many recordings are made in a minute: a route that always fails tells nothing new after the first ones. A pure value.
struct RecordingBudget {
    /// The most of one tenant's route, and of all.
    static let perRoute = 10
    static let total = 300

    private struct Key: Hashable {
        let tenant: TenantID
        let handler: String
        let target: InvocationHead.Target
    }

    private var counts: [Key: Int] = [:]
    private var sum = 0
    private var minute: Int64 = 0

    /// Whether another one is made; it then counts.
    mutating func take(_ head: InvocationHead, _ handler: String, at now: Timestamp) -> Bool {
        if now.seconds / 60 != minute {
            minute = now.seconds / 60
            counts.removeAll(keepingCapacity: true)
            sum = 0
        }
        let key = Key(tenant: head.tenant, handler: handler, target: head.target)
        guard sum < Self.total, counts[key, default: 0] < Self.perRoute else { return false }
        counts[key, default: 0] += 1
        sum += 1
        return true
    }
}
