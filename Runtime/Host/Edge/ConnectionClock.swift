/// Decides when a client has been too slow. A pure value; the connection asks it when its one timer fires.
struct ConnectionClock {
    /// What the connection waits for.
    enum Phase: Equatable {
        /// A request's first byte.
        case idle
        /// The rest of a head.
        case head
        /// More of a body.
        case body
        /// Nothing from the client: the answer is being made.
        case answering
        /// The client, to take what has been made for it.
        case sending
        /// The client's end of a connection that is being closed.
        case lingering
    }

    enum Verdict: Equatable {
        case wait(until: ContinuousClock.Instant)
        case close
        case tooSlow
    }

    let limits: EdgeLimits
    private(set) var phase = Phase.idle
    private var since: ContinuousClock.Instant

    init(limits: EdgeLimits, now: ContinuousClock.Instant) {
        self.limits = limits
        since = now
    }

    mutating func enter(_ phase: Phase, at now: ContinuousClock.Instant) {
        self.phase = phase
        since = now
    }

    /// Bytes of the body came, or bytes of the answer were taken.
    mutating func progress(at now: ContinuousClock.Instant) {
        if phase == .body || phase == .sending { since = now }
    }

    func verdict(at now: ContinuousClock.Instant) -> Verdict {
        let limit: Duration =
            switch phase {
            case .idle: limits.idle
            case .head: limits.headTime
            case .body, .sending: limits.bodySilence
            case .answering: limits.idle
            case .lingering: .seconds(2)
            }
        let end = since.advanced(by: limit)
        if now < end { return .wait(until: end) }
        switch phase {
        case .idle, .lingering, .sending: return .close
        case .head, .body: return .tooSlow
        case .answering: return .wait(until: now.advanced(by: limit))
        }
    }
}
