/// Decides when a client has been too slow. A pure value; the connection asks it when its one timer fires.
struct ConnectionClock {
    /// What the connection waits for.
    enum Phase: Equatable {
        /// The first byte of all.
        case opening
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
    private(set) var phase = Phase.opening
    private var since: ContinuousClock.Instant
    private var bodySince: ContinuousClock.Instant
    private var received = 0

    init(limits: EdgeLimits, now: ContinuousClock.Instant) {
        self.limits = limits
        since = now
        bodySince = now
    }

    mutating func enter(_ phase: Phase, at now: ContinuousClock.Instant) {
        self.phase = phase
        since = now
        if phase == .body { excuse(at: now) }
    }

    /// That many bytes of the body came.
    mutating func progress(_ bytes: Int, at now: ContinuousClock.Instant) {
        guard phase == .body else { return }
        since = now
        received += bytes
    }

    /// Not the client was slow: its time begins again.
    mutating func excuse(at now: ContinuousClock.Instant) {
        since = now
        bodySince = now
        received = 0
    }

    func verdict(at now: ContinuousClock.Instant) -> Verdict {
        let end = end
        if now < end { return .wait(until: end) }
        switch phase {
        case .opening, .idle, .lingering, .sending: return .close
        case .head, .body: return .tooSlow
        case .answering: return .wait(until: now.advanced(by: limits.idle))
        }
    }

    private var end: ContinuousClock.Instant {
        switch phase {
        case .opening: since.advanced(by: limits.firstByte)
        case .idle, .answering: since.advanced(by: limits.idle)
        case .head: since.advanced(by: limits.headTime)
        // One byte now and then would keep a body alive for ever.
        case .body: min(since.advanced(by: limits.bodySilence), bodySince.advanced(by: limits.bodyTime + .seconds(received / limits.bodyRate)))
        case .sending: since.advanced(by: limits.answerSilence)
        case .lingering: since.advanced(by: .seconds(2))
        }
    }
}
