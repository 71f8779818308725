/// When a source runs again.
public enum NextRun {
    /// How long a source whose run failed waits at least; it doubles with each failure, up to its own interval.
    public static let first: Duration = .seconds(60)

    /// Nil where it runs when asked alone, or when its timer, whose period is the interval, comes to its time. `failures` are those before this run,
    /// `random` is from 0 up to 1: sources that were made together drift apart.
    public static func wait(interval: Int?, followsTimer: Bool = false, fault: PullFault?, failures: Int, random: Double) -> Duration? {
        guard let interval else { return nil }
        let usual = Duration.seconds(interval)
        guard let fault else { return followsTimer ? nil : usual + usual * (random * 0.05) }
        var wait = usual
        if fault.isTemporary {
            wait = min(usual, first * (1 << min(max(failures, 0), 20)))
            wait += wait * (random * 0.25)
        }
        if followsTimer, wait >= usual { return fault.retryAfter }
        return max(wait, fault.retryAfter ?? .zero)
    }
}

extension PullFault {
    /// Whether it may be over soon without anybody changing anything here.
    public var isTemporary: Bool { Self.unanswered.contains(code) || [.providerError, .emptyAnswer, .storeFailed].contains(code) }

    /// Whether what else is asked in the same run would fail alike.
    public var endsRun: Bool {
        Self.unanswered.contains(code) || [.notAllowed, .addressRefused, .insecure, .settings, .storeFailed].contains(code)
    }

    /// Nobody answered, or not now.
    private static let unanswered: Set<Code> = [
        .rateLimited, .quotaSpent, .unreachable, .nameUnknown, .connectionLost, .hostPaused, .timedOut, .tooSlow, .interrupted,
    ]
}
