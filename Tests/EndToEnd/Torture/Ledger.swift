import Kernel
import Synchronization

/// What the writers of all rounds have sent, and what they were told.
final class Ledger: Sendable {
    enum Outcome: Sendable, Equatable {
        /// Sent, and not answered yet.
        case inFlight
        /// 2xx: the effect must be there.
        case acknowledged
        /// Anything else, or no answer: all of the effect is there, or nothing.
        case unknown(String)
    }

    private let outcomes = Mutex<[Effect: Outcome]>([:])
    /// Those that were not acknowledged at first, each with whether it was in the database all the same.
    private let cut = Mutex<[Effect: Bool]>([:])
    private let begun = Atomic(0)
    private let hungUp = Atomic(0)
    private let stopped = Atomic(false)

    /// Writes begun in this round.
    var writes: Int { begun.load(ordering: .relaxed) }
    var isStopped: Bool { stopped.load(ordering: .relaxed) }

    func beginRound() {
        begun.store(0, ordering: .relaxed)
        stopped.store(false, ordering: .relaxed)
    }

    /// No writer begins another write.
    func stop() { stopped.store(true, ordering: .relaxed) }

    func begin(_ effect: Effect) {
        outcomes.withLock { $0[effect] = .inFlight }
        begun.add(1, ordering: .relaxed)
    }

    /// Its first client has gone without an answer.
    func lost(_ effect: Effect) { hungUp.add(1, ordering: .relaxed) }

    var lostAnswers: Int { hungUp.load(ordering: .relaxed) }

    func end(_ effect: Effect, _ outcome: Outcome) { outcomes.withLock { $0[effect] = outcome } }

    /// Remembers what the round cut off, by the rows that are there.
    func noteCut(_ rows: [String: Int]) {
        for case (let effect, .unknown) in all { cut.withLock { $0[effect] = $0[effect] ?? (rows[effect.mark] != nil) } }
    }

    /// How many writes were cut off, and how many of them had been committed.
    var cutOff: (writes: Int, committed: Int) { cut.withLock { ($0.count, $0.count { $0.value }) } }

    var inFlight: Int { outcomes.withLock { $0.count { $0.value == .inFlight } } }

    /// All effects with their outcomes, by mark.
    var all: [(effect: Effect, outcome: Outcome)] {
        outcomes.withLock { $0.map { ($0.key, $0.value) } }.sorted { $0.0.mark < $1.0.mark }
    }

    /// What contradicts the rows in the database.
    func contradictions(_ rows: [String: Int]) -> [String] {
        all.compactMap { effect, outcome in
            let found = rows[effect.mark] ?? 0
            switch outcome {
            case .acknowledged where found == 0: return "lost: \(effect) was acknowledged"
            case .acknowledged where found < effect.rows: return "lost: \(effect) was acknowledged, \(found) rows are there"
            case .unknown(let told) where found != 0 && found < effect.rows: return "half: \(effect), told \(told), has \(found) rows"
            case _ where found > effect.rows: return "doubled: \(effect) has \(found) rows"
            case .inFlight: return "never ended: \(effect)"
            default: return nil
            }
        }
    }
}
