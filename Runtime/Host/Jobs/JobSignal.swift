import Kernel
import NIOCore
import Synchronization

/// Wakes the one task that waits for work. A signal without a waiter is kept for the next one.
final class JobSignal: Sendable {
    private struct State {
        var isRaised = false
        var waiter: UnsafeContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func raise() {
        let waiter = state.withLock { state in
            defer { state.waiter = nil }
            state.isRaised = state.waiter == nil
            return state.waiter
        }
        waiter?.resume()
    }

    /// Ends with a signal, behind a limit, or when the task is cancelled. One caller at a time.
    func wait(atMost limit: Duration, on loop: any EventLoop) async {
        let timer = loop.scheduleTask(in: .nanoseconds(max(0, limit.microseconds) * 1000)) { [self] in raise() }
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let isRaised = state.withLock { state in
                    if !state.isRaised { state.waiter = continuation }
                    defer { state.isRaised = false }
                    return state.isRaised
                }
                if isRaised { continuation.resume() }
            }
        } onCancel: {
            raise()
        }
        timer.cancel()
    }
}
