import Kernel
import Synchronization
import Wire

/// One client that is kept listening: what waits to be written to it, and why it ends.
final class FeedListener: Sendable {
    enum Event {
        case bytes([UInt8])
        /// Nothing happened for a while.
        case heartbeat
        case end
    }

    private struct State {
        var pending: [UInt8] = []
        var ended = false
        var waiter: UnsafeContinuation<Event, Never>?
        var lastEvent: ContinuousClock.Instant
    }

    /// More than this unwritten ends the listener; it can resume from its last event.
    static let pendingLimit = 256 << 10
    /// After that long without an event the client hears that the connection stands.
    static let heartbeatEvery: Duration = .seconds(15)

    let id: Relay.ListenerID
    let principal: Principal
    private let state: Mutex<State>

    init(id: Relay.ListenerID, principal: Principal, now: ContinuousClock.Instant) {
        self.id = id
        self.principal = principal
        state = Mutex(State(lastEvent: now))
    }

    /// The next thing to write. One caller at a time.
    func next() async -> Event {
        await withUnsafeContinuation { continuation in
            let event: Event? = state.withLock { state in
                if !state.pending.isEmpty {
                    defer { state.pending = [] }
                    return .bytes(state.pending)
                }
                if state.ended { return .end }
                state.waiter = continuation
                return nil
            }
            if let event { continuation.resume(returning: event) }
        }
    }

    func deliver(_ bytes: [UInt8], at now: ContinuousClock.Instant) {
        signal { state in
            state.lastEvent = now
            if state.waiter != nil { return .bytes(bytes) }
            state.pending += bytes
            if state.pending.count > Self.pendingLimit { state.ended = true }
            return nil
        }
    }

    func tick(_ now: ContinuousClock.Instant) {
        signal { state in
            guard state.lastEvent.advanced(by: Self.heartbeatEvery) <= now else { return nil }
            state.lastEvent = now
            return .heartbeat
        }
    }

    func end() {
        signal { state in
            state.ended = true
            return .end
        }
    }

    private func signal(_ change: (inout State) -> Event?) {
        let (waiter, event) = state.withLock { state -> (UnsafeContinuation<Event, Never>?, Event?) in
            let event = change(&state)
            guard event != nil, let waiter = state.waiter else { return (nil, nil) }
            state.waiter = nil
            return (waiter, event)
        }
        if let waiter, let event { waiter.resume(returning: event) }
    }
}
