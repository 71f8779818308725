/// Something that a ``Reactor`` does at a moment, unless it is cancelled before.
///
/// Used on the reactor's thread alone, which is why it may be passed there.
public final class ReactorTimer: @unchecked Sendable {
    /// The moment at which it is due. It runs at the first turn of the loop after that, up to a millisecond later.
    public let due: ContinuousClock.Instant
    let body: () -> Void
    /// Its index in the heap; -1 outside.
    var place = -1
    private weak var reactor: Reactor?

    init(due: ContinuousClock.Instant, reactor: Reactor?, body: @escaping () -> Void) {
        self.due = due
        self.reactor = reactor
        self.body = body
    }

    /// Forgets it; does nothing once it has run. Call it on the reactor's thread.
    public func cancel() {
        reactor?.remove(self)
    }
}
