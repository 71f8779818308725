public import Kernel

/// The jobs that a host holds, and what renewing their leases tells of them. A pure value.
public struct HeldLeases: Sendable {
    /// One attempt of a job.
    public struct Lease: Sendable, Hashable {
        /// All zero: of no tenant.
        public var tenant: UUID
        public var job: UUID
        public var attempt: Int

        public init(tenant: UUID, job: UUID, attempt: Int) {
            self.tenant = tenant
            self.job = job
            self.attempt = attempt
        }
    }

    /// What is to be done about a job that runs.
    public enum Loss: Sendable, Hashable {
        /// Somebody wants it to stop.
        case cancelled
        /// It is another attempt's by now, or gone.
        case taken
    }

    private var held: [Lease: Bool] = [:]

    public init() {}

    public var count: Int { held.count }
    /// What is to be renewed, in no order.
    public var all: [Lease] { Array(held.keys) }

    public mutating func add(_ lease: Lease) { held[lease] = false }
    public mutating func remove(_ lease: Lease) { held[lease] = nil }

    /// Takes in an answer: `asked` were to be renewed, `kept` are its own yet, with whether somebody wants them to stop. Each loss is told once; what
    /// ended while the answer was on its way is none.
    public mutating func renewed(_ asked: [Lease], kept: [Lease: Bool]) -> [(lease: Lease, loss: Loss)] {
        var losses: [(lease: Lease, loss: Loss)] = []
        for lease in asked {
            guard let isTold = held[lease], !isTold else { continue }
            guard let isCancelled = kept[lease] else {
                held[lease] = true
                losses.append((lease, .taken))
                continue
            }
            if isCancelled {
                held[lease] = true
                losses.append((lease, .cancelled))
            }
        }
        return losses
    }
}
