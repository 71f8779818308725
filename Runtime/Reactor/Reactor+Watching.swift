import CEpoll
import Glibc

extension Reactor {
    /// Watches a descriptor, level-triggered: the handler runs on the loop's thread as long as the descriptor is ready, so it must read, write or
    /// change its interest each time.
    ///
    /// Call it on the loop's thread. The descriptor stays the caller's and must be non-blocking, open, and not registered elsewhere in this loop.
    public func register(_ descriptor: Int32, _ interest: Interest, _ handler: @escaping (Interest) -> Void) -> Registration {
        checkIsolated()
        let registration = Registration(descriptor: descriptor, interest: interest, reactor: self, handler: handler)
        watched.insert(registration)
        let failure = poller.control(EPOLL_CTL_ADD, descriptor, interest.events, registration.token)
        precondition(failure == nil, "the descriptor \(descriptor) cannot be watched: errno \(failure ?? 0)")
        return registration
    }

    /// Runs a body on the loop's thread at a moment. Call it there.
    @discardableResult
    public func schedule(at due: ContinuousClock.Instant, _ body: @escaping () -> Void) -> ReactorTimer {
        checkIsolated()
        let timer = ReactorTimer(due: due, reactor: self, body: body)
        timers.insert(timer)
        return timer
    }

    /// Runs a body on the loop's thread after a duration. Call it there.
    @discardableResult
    public func schedule(after delay: Duration, _ body: @escaping () -> Void) -> ReactorTimer {
        schedule(at: ContinuousClock.now.advanced(by: delay), body)
    }

    func modify(_ registration: Registration) {
        checkIsolated()
        _ = poller.control(EPOLL_CTL_MOD, registration.descriptor, registration.interest.events, registration.token)
    }

    func remove(_ registration: Registration) {
        checkIsolated()
        guard watched.remove(registration) else { return }
        _ = poller.control(EPOLL_CTL_DEL, registration.descriptor, 0, 0)
    }

    func remove(_ timer: ReactorTimer) {
        checkIsolated()
        timers.remove(timer)
    }
}
