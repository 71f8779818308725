import Kernel
import Synchronization

/// Sums what invocations use until it is written down. A pure value.
struct UsageSums: Sendable {
    /// What is summed apart.
    struct Key: Hashable, Sendable {
        /// All zero for calls before a tenant is known.
        var tenant: TenantID
        var handler: String
        /// The start of the hour in which the invocation ended.
        var hour: Timestamp
    }

    /// Sums that are written in one transaction, under a number that is used for nothing else.
    struct Batch: Sendable, Equatable {
        var number: Int64
        var sums: [Key: Usage]
    }

    private var open: [Key: Usage] = [:]
    private var unwritten: Batch?
    private var lastNumber: Int64 = 0

    mutating func add(_ usage: Usage, tenant: TenantID?, handler: String, at now: Timestamp) {
        let hour = Timestamp(microseconds: now.microseconds - now.microseconds % 3_600_000_000)
        open[Key(tenant: tenant ?? TenantID(.zero), handler: handler, hour: hour), default: Usage()] += usage
    }

    /// What is to be written now: the batch whose fate is unknown before all else, and unchanged, else all that is open; nil where there is nothing.
    mutating func next() -> Batch? {
        if let unwritten { return unwritten }
        guard !open.isEmpty else { return nil }
        lastNumber += 1
        let batch = Batch(number: lastNumber, sums: open)
        open.removeAll(keepingCapacity: true)
        unwritten = batch
        return batch
    }

    /// A batch is in the database.
    mutating func written(_ number: Int64) {
        if unwritten?.number == number { unwritten = nil }
    }
}

/// The sums of a running gateway. Any thread.
final class UsageMeter: Sendable {
    private let sums = Mutex(UsageSums())

    func add(_ usage: Usage, tenant: TenantID?, handler: String, at now: Timestamp) {
        sums.withLock { $0.add(usage, tenant: tenant, handler: handler, at: now) }
    }

    func next() -> UsageSums.Batch? { sums.withLock { $0.next() } }

    func written(_ batch: UsageSums.Batch) { sums.withLock { $0.written(batch.number) } }
}
