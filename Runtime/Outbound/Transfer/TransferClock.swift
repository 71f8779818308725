/// What a transfer's answer must keep up with, beside the time for all of it.
public struct AnswerPace: Sendable, Hashable {
    /// The longest wait for the first line of an answer.
    public var firstByte: Duration
    /// From then on, in each window at least so many bytes must come.
    public var bytes: Int
    public var window: Duration

    /// Defaults to 30 seconds for the first line, then 1 KB each 15 seconds.
    public init(firstByte: Duration = .seconds(30), bytes: Int = 1024, window: Duration = .seconds(15)) {
        self.firstByte = firstByte
        self.bytes = bytes
        self.window = window
    }
}

/// Whether a transfer keeps up with its pace. A pure value.
struct TransferClock {
    private let pace: AnswerPace?
    private let start: ContinuousClock.Instant
    private var window: (start: ContinuousClock.Instant, received: Int)?

    init(_ pace: AnswerPace?, start: ContinuousClock.Instant) {
        self.pace = pace
        self.start = start
    }

    /// What ends the transfer now; nil: nothing. `received` counts the body's bytes, `isPaused` says that it is us who do not read.
    mutating func check(at now: ContinuousClock.Instant, hasHead: Bool, received: Int, isPaused: Bool) -> OutboundError? {
        guard let pace else { return nil }
        guard hasHead else { return now - start > pace.firstByte ? .timedOut : nil }
        guard let window, !isPaused else {
            window = (now, received)
            return nil
        }
        guard now - window.start >= pace.window else { return nil }
        if received - window.received < pace.bytes { return .tooSlow }
        self.window = (now, received)
        return nil
    }
}
