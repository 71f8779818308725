/// Whether a process answers. A pure value that one loop asks at each beat.
///
/// Anything that comes from the process counts, since its one thread runs handlers and wire alike; only where nothing comes is it pinged. Beats are counted
/// beside the time: a gateway that was held up itself has not listened.
struct HearingTest {
    enum Step: Equatable {
        case nothing
        case ping(UInt64)
        case fellSilent
        case spokeAgain
    }

    /// How long an answer may take.
    static let patience: Duration = .milliseconds(100)
    /// How often it must have been listened for.
    static let beats = 4

    private var wasHeard = false
    private var isSilent = false
    private var number: UInt64 = 0
    private var pinged: ContinuousClock.Instant?
    private var listened = 0

    mutating func heard() { wasHeard = true }

    /// Time passes.
    mutating func beat(_ now: ContinuousClock.Instant, hasWork: Bool) -> Step {
        if wasHeard {
            wasHeard = false
            pinged = nil
            defer { isSilent = false }
            return isSilent ? .spokeAgain : .nothing
        }
        guard let pinged else {
            guard hasWork else { return .nothing }
            self.pinged = now
            listened = 0
            number += 1
            return .ping(number)
        }
        listened += 1
        guard !isSilent, listened >= Self.beats, pinged.advanced(by: Self.patience) <= now else { return .nothing }
        isSilent = true
        return .fellSilent
    }
}
