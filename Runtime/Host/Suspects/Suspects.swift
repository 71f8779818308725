import Kernel
import Tokens

/// Tells one call from another: the same route, tenant, path, query and body of the same program.
struct Fingerprint: Hashable, Sendable {
    /// The route's place in the handler's description.
    let route: Int
    let tenant: TenantID?
    /// Over all of the call.
    let digest: Digest
}

/// Calls of one version of a handler that were in flight when a process looped or died, and those that did it alone. A pure value.
///
/// A suspect runs alone next time: an answer clears it, the end of its process convicts it. Who is convicted is refused until its time is over. Both
/// are bounded in number; the oldest leave first.
struct Suspects {
    struct Limits: Sendable {
        /// Suspects and convicts together.
        var count = 1024
        /// How long a call is under suspicion.
        var suspicion: Duration = .seconds(600)
        /// How long a convict is refused.
        var conviction: Duration = .seconds(900)
    }

    enum Verdict: Equatable {
        case free
        /// It runs in a process of its own.
        case alone
        /// It does not run for that long.
        case refused(Duration)
    }

    private struct Entry {
        var until: ContinuousClock.Instant
        var isConvicted: Bool
    }

    let limits: Limits
    private var entries: [Fingerprint: Entry] = [:]
    /// The oldest first.
    private var order: [Fingerprint] = []
    /// How many there are of each route and tenant.
    private var places: [Place: Int] = [:]

    private struct Place: Hashable {
        let route: Int
        let tenant: TenantID?
    }

    init(_ limits: Limits = Limits()) { self.limits = limits }

    var count: Int { order.count }
    var convictedCount: Int { entries.values.count(where: \.isConvicted) }

    /// Whether there is a reason to look closer at calls of a route by a tenant.
    func hasAny(of route: Int, _ tenant: TenantID?) -> Bool { places[Place(route: route, tenant: tenant)] != nil }

    mutating func verdict(on fingerprint: Fingerprint, now: ContinuousClock.Instant) -> Verdict {
        guard let entry = entries[fingerprint] else { return .free }
        guard entry.until > now else {
            remove(fingerprint)
            return .free
        }
        return entry.isConvicted ? .refused(now.duration(to: entry.until)) : .alone
    }

    /// It was in flight when a process looped or died. A conviction stands.
    mutating func suspect(_ fingerprint: Fingerprint, now: ContinuousClock.Instant) {
        if let entry = entries[fingerprint], entry.isConvicted, entry.until > now { return }
        put(fingerprint, Entry(until: now.advanced(by: limits.suspicion), isConvicted: false))
    }

    /// It ended its process alone. `remaining` is what is left of a conviction that was made before.
    mutating func convict(_ fingerprint: Fingerprint, for remaining: Duration? = nil, now: ContinuousClock.Instant) {
        put(fingerprint, Entry(until: now.advanced(by: remaining ?? limits.conviction), isConvicted: true))
    }

    /// It was answered. A conviction stands.
    mutating func clear(_ fingerprint: Fingerprint) {
        if entries[fingerprint]?.isConvicted == false { remove(fingerprint) }
    }

    private mutating func remove(_ fingerprint: Fingerprint) {
        guard entries.removeValue(forKey: fingerprint) != nil else { return }
        order.removeAll { $0 == fingerprint }
        tally(fingerprint, -1)
    }

    private mutating func tally(_ fingerprint: Fingerprint, _ step: Int) {
        let place = Place(route: fingerprint.route, tenant: fingerprint.tenant)
        let number = (places[place] ?? 0) + step
        places[place] = number == 0 ? nil : number
    }

    private mutating func put(_ fingerprint: Fingerprint, _ entry: Entry) {
        remove(fingerprint)
        entries[fingerprint] = entry
        order.append(fingerprint)
        tally(fingerprint, 1)
        if order.count > limits.count { remove(order[0]) }
    }
}
