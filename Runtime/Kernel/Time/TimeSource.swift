#if canImport(Glibc)
    import Glibc
#endif

/// The one clock: what time it is for people, and how much time passes for deadlines. Tests pass their own.
public struct TimeSource: Sendable {
    /// The wall clock, in UTC.
    public let now: @Sendable () -> Timestamp
    /// A clock that never goes back, for measuring and for deadlines.
    public let instant: @Sendable () -> ContinuousClock.Instant

    /// A source made of two functions.
    public init(now: @escaping @Sendable () -> Timestamp, instant: @escaping @Sendable () -> ContinuousClock.Instant) {
        self.now = now
        self.instant = instant
    }

    /// The machine's clocks.
    public static let system = TimeSource(
        now: {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
        },
        instant: { ContinuousClock.now })
}
