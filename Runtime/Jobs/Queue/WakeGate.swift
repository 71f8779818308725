/// When others are told that jobs wait: at once where nobody was told for a while, else as soon as that while is over. A pure value.
public struct WakeGate: Sendable {
    /// The least time between two announcements of a host: commits that notify wait for each other in the whole database.
    public static let interval: Duration = .milliseconds(50)

    private var last: ContinuousClock.Instant?
    private var isPending = false

    public init() {}

    /// Something was enqueued: how long to wait before it is announced; nil where an announcement is on its way already.
    public mutating func enqueued(at now: ContinuousClock.Instant) -> Duration? {
        guard !isPending else { return nil }
        isPending = true
        guard let last else { return .zero }
        return max(.zero, Self.interval - last.duration(to: now))
    }

    /// It is announced now: what comes from here on is news again.
    public mutating func announced(at now: ContinuousClock.Instant) {
        isPending = false
        last = now
    }
}
