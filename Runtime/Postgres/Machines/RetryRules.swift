/// What to do with a segment that failed for a reason that was not its own.
struct RetryRules {
    enum Failure: Equatable {
        /// The server no longer has the statement as it was prepared: SQLSTATE 26000, or 0A000 where a result's type has changed.
        case stalePlan
        /// A cancel meant for the segment before hit this one.
        case bystander
        case connectionLost
        case other

        init(sqlState: String?, isBystander: Bool) {
            switch sqlState {
            case "26000", "0A000": self = .stalePlan
            case "57014" where isBystander: self = .bystander
            default: self = .other
            }
        }
    }

    enum Verdict: Equatable { case retry, fail }

    private var stalePlans = 0
    private var losses = 0
    private var hits = 0

    /// One more failure of the same segment.
    ///
    /// An error that the server reports has undone the whole segment, so it may run again whatever it does. After a lost connection nobody knows, so
    /// only a read may.
    mutating func failed(_ failure: Failure, access: Statement.Access, isAbandoned: Bool) -> Verdict {
        guard !isAbandoned else { return .fail }
        switch failure {
        case .stalePlan:
            stalePlans += 1
            return stalePlans == 1 ? .retry : .fail
        case .bystander:
            hits += 1
            return hits <= 8 ? .retry : .fail
        case .connectionLost:
            losses += 1
            return access == .read && losses == 1 ? .retry : .fail
        case .other: return .fail
        }
    }
}
