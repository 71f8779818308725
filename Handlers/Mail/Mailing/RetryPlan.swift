/// When a mail that could not be handed over is tried again.
public enum RetryPlan {
    /// Tries in all; with the waits between them about six hours.
    public static let most = 12

    /// The wait after that many tries: 30 seconds, doubled each time up to an hour, half as much more or less by chance, so that what failed together
    /// does not come back together. Nil: no further try.
    public static func wait(after tries: Int, using random: inout some RandomNumberGenerator) -> Duration? {
        guard tries < most else { return nil }
        let seconds = min(30 << min(max(tries, 1) - 1, 7), 3600)
        return .seconds(Int.random(in: seconds / 2...seconds * 3 / 2, using: &random))
    }
}
