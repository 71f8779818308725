public import Kernel
import Synchronization

/// Counts what was asked of providers: in memory for one process, or in a database for all.
public protocol QuotaStore: Sendable {
    /// Takes one request from all quotas of a provider, or none of them where one has no room.
    func take(_ provider: String, _ quotas: [ProviderQuota], at now: Timestamp) async throws -> QuotaDecision
}

/// Whether a request may be sent.
public enum QuotaDecision: Sendable, Equatable {
    case granted
    /// Not before then.
    case spent(until: Timestamp)
}

/// Counters of windows: a pure value.
public struct QuotaCounters: Sendable {
    private struct Key: Hashable { var provider: String, window: ProviderQuota.Window }
    private var counts: [Key: (start: Timestamp, count: Int)] = [:]

    public init() {}

    /// As ``QuotaStore/take(_:_:at:)``.
    public mutating func take(_ provider: String, _ quotas: [ProviderQuota], at now: Timestamp) -> QuotaDecision {
        var until: Timestamp?
        for quota in quotas where used(provider, quota, now) >= quota.count {
            let end = quota.window.bounds(at: now).end
            until = max(until ?? end, end)
        }
        if let until { return .spent(until: until) }
        for quota in quotas {
            counts[Key(provider: provider, window: quota.window)] = (quota.window.bounds(at: now).start, used(provider, quota, now) + 1)
        }
        return .granted
    }

    private func used(_ provider: String, _ quota: ProviderQuota, _ now: Timestamp) -> Int {
        guard let count = counts[Key(provider: provider, window: quota.window)], count.start == quota.window.bounds(at: now).start else { return 0 }
        return count.count
    }
}

/// Counts in this process alone.
public final class MemoryQuotaStore: QuotaStore {
    private let counters = Mutex(QuotaCounters())

    public init() {}

    public func take(_ provider: String, _ quotas: [ProviderQuota], at now: Timestamp) async -> QuotaDecision {
        counters.withLock { $0.take(provider, quotas, at: now) }
    }
}
