import Synchronization

/// A value that comes once, for one task that waits for it. The first value counts.
final class OneShot<Value: Sendable>: Sendable {
    private enum State {
        case empty
        case waiting(UnsafeContinuation<Value, Never>)
        case done(Value)
    }
    private let state = Mutex(State.empty)

    func finish(_ value: Value) {
        let waiting: UnsafeContinuation<Value, Never>? = state.withLock { state in
            switch state {
            case .done: return nil
            case .empty:
                state = .done(value)
                return nil
            case .waiting(let continuation):
                state = .done(value)
                return continuation
            }
        }
        waiting?.resume(returning: value)
    }

    func value() async -> Value {
        await withUnsafeContinuation { continuation in
            let value: Value? = state.withLock { state in
                if case .done(let value) = state { return value }
                state = .waiting(continuation)
                return nil
            }
            if let value { continuation.resume(returning: value) }
        }
    }
}
