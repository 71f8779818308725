/// How far processes stand back where processors are short: those that do not answer, and those that took the place of others that died.
extension ProcessPool {
    /// Whether a process must first show that it lives longer than those before it.
    func isOnProbation(_ id: ID) -> Bool { index(of: id).map { processes[$0].isOnProbation } ?? false }

    /// Ends the probation of a process that has answered often, or lived long.
    mutating func endProbation(_ index: Int, _ now: ContinuousClock.Instant) -> [Action] {
        guard processes[index].isOnProbation, let since = processes[index].readySince,
            processes[index].ended >= Circuit.manyAnswers || since.advanced(by: Circuit.longLife) <= now
        else { return [] }
        processes[index].isOnProbation = false
        return processes[index].silence?.isDemoted == true ? [] : [.restore(processes[index].id)]
    }

    /// A loop has no claim to a processor that others wait for.
    mutating func demoteIfSilent(_ index: Int, _ now: ContinuousClock.Instant) -> [Action] {
        guard let silence = processes[index].silence, !silence.isDemoted, self.silence(index, now) >= limits.yield else { return [] }
        processes[index].silence?.isDemoted = true
        return processes[index].isOnProbation ? [] : [.demote(processes[index].id)]
    }
}
