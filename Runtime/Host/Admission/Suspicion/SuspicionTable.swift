import Kernel

/// Addresses that collect points by what they do wrong: slowed first, then blocked for a while. A pure value.
///
/// Points go away with time, and so does everything that is remembered. Only the address is judged: its users are let in from any other one.
/// Bounded: a full half is forgotten as a whole, so an address that goes on collecting is still known.
struct SuspicionTable {
    enum Offence: Sendable {
        /// A wrong password.
        case failedSignIn
        /// A token that opens nothing; it may just have expired.
        case badToken
        /// Bytes that are no request.
        case malformed
        /// An address at which nothing is.
        case unknownPath
        /// A call above its rate.
        case tooFast

        /// Tenths of a point. A failed sign-in weighs most: nothing else guesses.
        var weight: Int64 {
            switch self {
            case .failedSignIn: 30
            case .badToken: 10
            case .unknownPath: 5
            case .malformed, .tooFast: 3
            }
        }
    }

    enum State: Sendable, Equatable {
        case normal
        /// Answers come that much later.
        case slowed(Duration)
        /// No answer but a refusal until then.
        case blocked(until: ContinuousClock.Instant)
    }

    enum Change: Sendable, Equatable {
        case slowed, blocked
    }

    struct Limits: Sendable, Hashable {
        /// Points from which answers are delayed. Defaults to 60, twenty failed sign-ins in a row.
        var slow: Int64 = 60
        /// Points from which the address is blocked. Defaults to 150.
        var block: Int64 = 150
        /// Points that go away in a minute. Defaults to 30.
        var forgivenPerMinute: Int64 = 30
        /// The delay at the first threshold grows to this at the second. Defaults to 2 seconds.
        var longestDelay: Duration = .seconds(2)
        /// How long an address is blocked; twice as long each time it comes back at once, up to an hour. Defaults to a minute.
        var blockTime: Duration = .seconds(60)
        /// Addresses that are remembered. Defaults to 16,384.
        var addresses = 16_384
    }

    private struct Record {
        /// Thousandths of a point at `since`.
        var points: Int64
        var since: ContinuousClock.Instant
        var blockedUntil: ContinuousClock.Instant?
        var blocks = 0
        var wasSlowed = false
    }

    let limits: Limits
    private var young: [ClientAddress: Record] = [:]
    private var old: [ClientAddress: Record] = [:]

    init(_ limits: Limits = Limits()) { self.limits = limits }

    var count: Int { young.count + old.count }

    func state(_ address: ClientAddress, at now: ContinuousClock.Instant) -> State {
        guard let record = young[address.network] ?? old[address.network] else { return .normal }
        if let until = record.blockedUntil, until > now { return .blocked(until: until) }
        let points = points(record, at: now)
        guard points >= limits.slow * 1000 else { return .normal }
        let part = min(1, Double(points - limits.slow * 1000) / Double(max(1, limits.block - limits.slow) * 1000))
        return .slowed(.milliseconds(100) + (limits.longestDelay - .milliseconds(100)) * part)
    }

    /// An address did something wrong. Says what that changes, once for each change.
    mutating func note(_ offence: Offence, of address: ClientAddress, at now: ContinuousClock.Instant) -> Change? {
        let key = address.network
        var record = young[key] ?? old.removeValue(forKey: key) ?? Record(points: 0, since: now)
        defer { store(record, for: key) }
        if let until = record.blockedUntil {
            // What a blocked address does costs nothing and changes nothing.
            if until > now { return nil }
            record.blockedUntil = nil
            record.since = max(record.since, until)
        }
        let left = points(record, at: now)
        if left == 0 { record.blocks = 0 }
        if left < limits.slow * 1000 { record.wasSlowed = false }
        record.points = left + offence.weight * 100
        record.since = now
        if record.points >= limits.block * 1000 {
            record.blockedUntil = now.advanced(by: limits.blockTime * (1 << min(record.blocks, 6)))
            record.blocks += 1
            // Behind the block it is watched as one that was slowed.
            record.points = limits.slow * 1000
            record.wasSlowed = true
            return .blocked
        }
        if record.points >= limits.slow * 1000, !record.wasSlowed {
            record.wasSlowed = true
            return .slowed
        }
        return nil
    }

    private func points(_ record: Record, at now: ContinuousClock.Instant) -> Int64 {
        let start = max(record.since, record.blockedUntil ?? record.since)
        let passed = max(0, start.duration(to: now).milliseconds)
        return max(0, record.points - min(passed, 86_400_000) * limits.forgivenPerMinute / 60)
    }

    private mutating func store(_ record: Record, for key: ClientAddress) {
        if young.updateValue(record, forKey: key) == nil, young.count > max(1, limits.addresses / 2) {
            old = young
            old[key] = nil
            young = [key: record]
        }
    }
}
