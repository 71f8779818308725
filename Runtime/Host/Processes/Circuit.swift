/// Whether a handler's program may be started again after its processes died. A pure value.
///
/// The first deaths cost a short rest that callers do not notice; from ``threshold`` in a row the circuit opens: nothing is started, callers are told how
/// long. Then one process and one call try it: an answer closes the circuit, another death opens it for twice as long.
struct Circuit: Equatable {
    enum State: String, Sendable {
        case closed, open
        case halfOpen = "half_open"
    }

    /// Deaths in a row that open it.
    static let threshold = 5
    /// A process that lived that long, or answered that often, has nothing to do with the deaths before it.
    static let longLife: Duration = .seconds(10)
    static let manyAnswers = 100
    static let longestRest: Duration = .seconds(30)

    private(set) var failures = 0
    private var until: ContinuousClock.Instant?

    func state(at now: ContinuousClock.Instant) -> State {
        if failures < Self.threshold { return .closed }
        return rest(at: now) == nil ? .halfOpen : .open
    }

    /// How long nothing is started; nil: it may be.
    func rest(at now: ContinuousClock.Instant) -> Duration? { until.flatMap { $0 > now ? now.duration(to: $0) : nil } }

    /// Processes died one soon after the other: the next one may do the same, at the cost of others.
    var isSuspect: Bool { failures >= 2 }

    /// One process and one call at a time, until one is answered.
    var isTrying: Bool { failures >= Self.threshold }

    /// A process died; `lived` is how long it had been ready, nil where it never was.
    mutating func failed(at now: ContinuousClock.Instant, lived: Duration?, answered: Int = 0) {
        if !isTrying, lived ?? .zero > Self.longLife || answered >= Self.manyAnswers { failures = 0 }
        failures += 1
        let rest = Self.rest(after: failures)
        until = rest == .zero ? nil : now.advanced(by: rest)
    }

    /// A process answered a call.
    mutating func answered() {
        failures = 0
        until = nil
    }

    /// None after the first two deaths, then 50 and 100 ms; from the threshold on 1 second, doubling to 30.
    static func rest(after failures: Int) -> Duration {
        switch failures {
        case ...2: .zero
        case ..<threshold: .milliseconds(50) * (1 << (failures - 3))
        default: min(.seconds(1) * (1 << min(failures - threshold, 10)), longestRest)
        }
    }
}
