public import Kernel

/// What becomes of a timer whose time has come: which of its times get a job, and when it comes to the next one. A pure value.
public struct TimerTurn: Sendable, Hashable {
    /// Why a time got a job, or none.
    public enum Outcome: String, Sendable, Hashable {
        /// It came while hosts ran, or shortly before.
        case fired
        /// It was missed, and gets its job now.
        case caughtUp = "caught_up"
        /// It was missed, and gets none.
        case missed
    }

    /// A time, or several in a row that were missed: then the newest of them.
    public struct Occurrence: Sendable, Hashable {
        public var fireAt: Timestamp
        public var outcome: Outcome
        /// How many it stands for.
        public var times = 1
    }

    /// In the order of their times.
    public var occurrences: [Occurrence] = []
    /// When the timer comes to its next time; nil: never again.
    public var next: Timestamp?

    /// A time is missed when nobody has seen to it for so long: shorter than any pause of a restart.
    public static let grace: Duration = .seconds(60)
    /// At most so many times are counted one by one; what is older than these counts in one row.
    static let longestLook = 10_000

    /// The turn of a timer that was to fire at `due`; nil: it is new, or its schedule is, and nothing of it was missed.
    ///
    /// The newest of several times that have passed is missed only where it is older than ``grace``.
    public init(due: Timestamp?, now: Timestamp, schedule: Schedule, zone: TimeZone, catchUp: TimerDefinition.CatchUp) {
        guard let due else {
            next = schedule.next(after: now, in: zone)
            return
        }
        guard due <= now else {
            next = due
            return
        }
        // The newest times, and how many were before them.
        let kept =
            switch catchUp {
            case .skip, .latest: 1
            case .all(let most): max(1, most)
            }
        var newest: [Timestamp] = []
        var older = 0
        var lastOlder: Timestamp?
        var time: Timestamp? = due
        var steps = 0
        while let passed = time, passed <= now {
            newest.append(passed)
            if newest.count > kept {
                lastOlder = newest.removeFirst()
                older += 1
            }
            steps += 1
            // A stop of years: what lies between is skipped over, the last days are looked at.
            let jump = steps == Self.longestLook ? max(passed, now - .seconds(86_400)) : passed
            time = schedule.next(after: jump, in: zone)
        }
        next = time
        if let lastOlder { occurrences.append(Occurrence(fireAt: lastOlder, outcome: .missed, times: older)) }
        for (place, passed) in newest.enumerated() {
            let isOnTime = place == newest.count - 1 && passed >= now - Self.grace
            let outcome: Outcome = isOnTime ? .fired : catchUp == .skip ? .missed : .caughtUp
            occurrences.append(Occurrence(fireAt: passed, outcome: outcome))
        }
    }

    /// How long a tenant's job of a timer waits behind its time: always the same for the same two, spread evenly over all tenants.
    public static func spread(_ tenant: UUID, timer: String, over seconds: Int64) -> Duration {
        guard seconds > 0, tenant != .zero else { return .zero }
        // FNV-1a (Fowler, Noll, Vo; draft-eastlake-fnv), since Swift's own hashes differ from run to run.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        for half in [tenant.high, tenant.low] {
            for shift in stride(from: 56, through: 0, by: -8) { add(UInt8(truncatingIfNeeded: half >> UInt64(shift))) }
        }
        for byte in timer.utf8 { add(byte) }
        return .milliseconds(Int64(hash % UInt64(seconds * 1000)))
    }
}
