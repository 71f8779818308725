import Glibc

/// One descriptor that a ``Reactor`` watches.
///
/// Used on the reactor's thread alone. Deregister it before the descriptor is closed: a closed number is given out again at once.
public final class Registration: @unchecked Sendable {
    /// The watched descriptor; not owned.
    public let descriptor: Int32
    /// What it is watched for.
    public private(set) var interest: Interest
    let handler: (Interest) -> Void
    var token: UInt64 = 0
    private weak var reactor: Reactor?

    init(descriptor: Int32, interest: Interest, reactor: Reactor, handler: @escaping (Interest) -> Void) {
        self.descriptor = descriptor
        self.interest = interest
        self.reactor = reactor
        self.handler = handler
    }

    /// Watches for something else from now on; no system call where nothing changes. `[]` pauses.
    public func set(_ interest: Interest) {
        guard interest != self.interest, let reactor else { return }
        self.interest = interest
        reactor.modify(self)
    }

    /// Stops watching. The handler is not called again, not even for readiness that was already reported.
    public func deregister() {
        reactor?.remove(self)
        reactor = nil
    }
}
