import Reactor
import Wire

/// A request about an object while it is under way. Touched on the reactor's thread alone.
final class ObjectOperation: @unchecked Sendable {
    let number: UInt32
    /// Whether bytes come behind the answer.
    let isReading: Bool
    var machine = ObjectMachine()
    /// Whether the gateway is to hear that it is over.
    var isOpen = true
    /// The one task that works on it, while it waits.
    private var waiter: UnsafeContinuation<Void, any Error>?

    init(number: UInt32, isReading: Bool) {
        self.number = number
        self.isReading = isReading
    }

    /// Waits until something came. Throws `INTERNAL_ERROR` where another task waits already.
    func wait(on exchange: Exchange) async throws {
        guard waiter == nil else { throw AppError(.internalError, detail: "two tasks work on one object") }
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<Void, any Error>) in
                if Task.isCancelled { continuation.resume(throwing: CancellationError()) } else { waiter = continuation }
            }
        } onCancel: {
            exchange.services.reactor.execute { self.wake(.failure(CancellationError())) }
        }
    }

    /// Something came.
    func wake(_ result: Result<Void, any Error> = .success(())) {
        guard let waiter else { return }
        self.waiter = nil
        waiter.resume(with: result)
    }
}
