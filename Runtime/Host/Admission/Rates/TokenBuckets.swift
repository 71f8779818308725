import Kernel

/// A token bucket for each key, kept as the one moment at which it will be full again (ITU-T I.371, "virtual scheduling"). A pure value.
///
/// Bounded: a full half is forgotten as a whole, so a bucket in use survives, and one that is forgotten was full or is granted anew.
struct TokenBuckets<Key: Hashable & Sendable>: Sendable {
    enum Verdict: Equatable {
        case taken
        /// Not before that long.
        case empty(retryAfter: Duration)
    }

    /// Of keys that bring none of their own.
    let limit: RateLimit
    private let pace: Pace
    private let start: ContinuousClock.Instant
    private var young: [Key: Int64] = [:]
    private var old: [Key: Int64] = [:]
    private let half: Int

    /// Keeps at least half of that many keys, and never more.
    init(_ limit: RateLimit, keys: Int = 65_536, start: ContinuousClock.Instant) {
        self.limit = limit
        self.start = start
        pace = Pace(limit)
        half = max(1, keys / 2)
    }

    /// How fast a bucket fills, and how much it holds.
    private struct Pace {
        /// Microseconds in which one token comes back, times a thousand for rates that do not divide.
        let interval: Int64
        let depth: Int64

        init(_ limit: RateLimit) {
            interval = max(1, limit.window.microseconds * 1000 / Int64(limit.count))
            depth = interval * Int64(limit.burst)
        }
    }

    var count: Int { young.count + old.count }

    /// Takes a token; `own` is the key's own limit, which may be another one each time.
    mutating func take(_ key: Key, at now: ContinuousClock.Instant, by own: RateLimit? = nil) -> Verdict {
        let (interval, depth) = own.map { Pace($0) }.map { ($0.interval, $0.depth) } ?? (pace.interval, pace.depth)
        let now = nanoseconds(now)
        let full = max(now, young[key] ?? old.removeValue(forKey: key) ?? now)
        let next = full + interval
        guard next - now <= depth else {
            store(full, for: key)
            return .empty(retryAfter: .microseconds((next - now - depth + 999) / 1000))
        }
        store(next, for: key)
        return .taken
    }

    /// Puts back a token that was taken.
    mutating func giveBack(_ key: Key) {
        if let full = young[key] ?? old[key] { store(full - pace.interval, for: key) }
    }

    /// What is left in a bucket.
    func tokens(_ key: Key, at now: ContinuousClock.Instant) -> Int {
        let now = nanoseconds(now)
        return Int((pace.depth - max(0, (young[key] ?? old[key] ?? now) - now)) / pace.interval)
    }

    private mutating func store(_ full: Int64, for key: Key) {
        if young.updateValue(full, forKey: key) == nil, young.count > half {
            old = young
            old[key] = nil
            young = [key: full]
        }
    }

    private func nanoseconds(_ now: ContinuousClock.Instant) -> Int64 { start.duration(to: now).microseconds * 1000 }
}
