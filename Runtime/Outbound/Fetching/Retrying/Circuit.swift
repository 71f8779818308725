import Kernel

/// Whether a host is asked at all: closed while it answers, open for a while after failures in a row, then half-open for one try. A pure value
/// (Nygard, "Release It!", chapter 5, "Circuit Breaker").
struct Circuit: Equatable {
    /// So many failures in a row open it.
    static let threshold = 5
    /// The first time it is open; each time that the try between fails it doubles, up to the longest.
    static let shortest: Duration = .seconds(30)
    static let longest: Duration = .seconds(600)

    private(set) var failures = 0
    private var openings = 0
    private var openUntil: ContinuousClock.Instant?
    /// When the try in between was let through; it counts as lost after a while.
    private var probing: ContinuousClock.Instant?

    /// Nil: go ahead. Else how long it is left alone.
    mutating func pause(at now: ContinuousClock.Instant) -> Duration? {
        guard let openUntil else { return nil }
        guard now >= openUntil else { return openUntil - now }
        if let probing, now < probing.advanced(by: Self.shortest) { return Self.shortest - (now - probing) }
        probing = now
        return nil
    }

    mutating func record(failed: Bool, at now: ContinuousClock.Instant) {
        guard failed else {
            self = Circuit()
            return
        }
        failures += 1
        // Transfers that were under way when it opened say nothing new.
        let isProbe = probing != nil
        guard isProbe || (openUntil == nil && failures >= Self.threshold) else { return }
        let length = min(Self.longest, Self.shortest * (1 << min(openings, 8)))
        openings += 1
        openUntil = now.advanced(by: length)
        probing = nil
    }
}

/// The circuits of all hosts: those that failed lately, and no more than a limit.
struct CircuitTable {
    static let limit = 1024
    private var circuits: [String: Circuit] = [:]
    private var order: [String] = []

    mutating func pause(_ name: String, at now: ContinuousClock.Instant) -> Duration? { circuits[name]?.pause(at: now) ?? nil }

    mutating func record(_ name: String, failed: Bool, at now: ContinuousClock.Instant) {
        guard failed else {
            if circuits.removeValue(forKey: name) != nil { order.removeAll { $0 == name } }
            return
        }
        if circuits[name] == nil {
            if order.count == Self.limit { circuits[order.removeFirst()] = nil }
            order.append(name)
        }
        circuits[name, default: Circuit()].record(failed: true, at: now)
    }

    var count: Int { circuits.count }
}
