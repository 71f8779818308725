/// The moment after which nobody waits for an answer any more. Passed on whole from the edge down to the database.
public struct Deadline: Hashable, Sendable, Comparable {
    /// When it passes, on the clock that never goes back.
    public let instant: ContinuousClock.Instant

    /// The deadline at that moment.
    public init(_ instant: ContinuousClock.Instant) { self.instant = instant }

    /// The deadline that long after a moment.
    public static func after(_ duration: Duration, from start: ContinuousClock.Instant = .now) -> Deadline {
        Deadline(start.advanced(by: duration))
    }

    /// What is left at a moment; never negative.
    public func remaining(at now: ContinuousClock.Instant = .now) -> Duration {
        max(.zero, now.duration(to: instant))
    }

    /// Whether it has passed.
    public func hasPassed(at now: ContinuousClock.Instant = .now) -> Bool { now >= instant }

    public static func < (a: Deadline, b: Deadline) -> Bool { a.instant < b.instant }
}
