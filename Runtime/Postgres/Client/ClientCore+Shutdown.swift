import Kernel
import Reactor

extension ClientCore {
    /// Turns waiting callers away and closes each connection once nothing is on it, all of them at the deadline.
    func shutdown(deadline: Deadline, _ done: @escaping () -> Void) {
        let earlier = whenEmpty
        whenEmpty = {
            earlier?()
            done()
        }
        pool.close()
        let limit = reactor.schedule(at: deadline.instant) { [self] in abort() }
        let all = whenEmpty
        whenEmpty = { [self] in
            limit.cancel()
            all?()
            abort()
        }
        drain()
    }

    func add(_ listener: Listener) {
        guard !pool.isClosed else { return listener.stop() }
        listeners[ObjectIdentifier(listener)] = listener
        listener.start()
    }

    func remove(_ listener: Listener) {
        listeners[ObjectIdentifier(listener)] = nil
        listener.stop()
    }
}
