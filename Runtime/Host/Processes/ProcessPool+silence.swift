/// What is done about a process that does not answer pings: it may loop, block, or merely get no processor.
extension ProcessPool {
    struct Silence {
        let since: ContinuousClock.Instant
        /// How long the process had waited for a processor until then.
        let starved: Duration
        /// Whether others have the processors first.
        var isDemoted = false
    }

    /// A process with work does not answer pings: it gets nothing new, another one starts where there is none, even one above the maximum.
    mutating func fellSilent(_ id: ID, now: ContinuousClock.Instant) -> [Action] {
        guard let index = index(of: id), processes[index].silence == nil else { return [] }
        processes[index].silence = Silence(since: now, starved: processes[index].starved)
        return processes[index].phase == .ready ? startMissing(now) : []
    }

    /// It answers again.
    mutating func spokeAgain(_ id: ID, now: ContinuousClock.Instant) -> [Action] {
        guard let index = index(of: id), let silence = processes[index].silence else { return [] }
        processes[index].silence = nil
        return (silence.isDemoted && !processes[index].isOnProbation ? [.restore(id)] : []) + serveWaiters()
    }

    /// How long a process has been silent though it could have answered; zero for one that answers.
    func silence(_ index: Int, _ now: ContinuousClock.Instant) -> Duration {
        guard let silence = processes[index].silence else { return .zero }
        return silence.since.duration(to: now) - (processes[index].starved - silence.starved)
    }
}
