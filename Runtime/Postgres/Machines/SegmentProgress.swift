/// Which answer on the wire belongs to which part of a segment. Fed with what libpq returns, in order; decides only.
///
/// For each statement libpq gives its result and then nothing (NULL); after the last the answer to the Sync. Once a statement has failed those
/// behind it are reported as skipped. A failure where only the Sync is left is a commit that failed, for example by a deferred constraint.
struct SegmentProgress {
    enum Role: Equatable { case prepare, discard, keep }

    struct Step: Equatable {
        let role: Role
        /// The number of the call in its segment, the preamble's first.
        let call: Int
    }

    enum Arrival: Equatable { case result, failure, skipped, nothing, sync }

    enum Verdict: Equatable {
        case keep
        case discard
        case prepared
        /// The call that failed; nil for the commit.
        case failed(call: Int?)
        case complete
        /// Not what a server may answer here.
        case violation
    }

    private var steps: ContiguousArray<Step> = []
    private var position = 0
    private var isAnswered = false

    /// Whether every statement was answered, so that only the commit is open.
    var isAtCommit: Bool { position == steps.count }

    mutating func reset() {
        steps.removeAll(keepingCapacity: true)
        position = 0
        isAnswered = false
    }

    mutating func append(_ role: Role, call: Int) { steps.append(Step(role: role, call: call)) }

    mutating func take(_ arrival: Arrival) -> Verdict {
        switch arrival {
        case .result:
            guard position < steps.count, !isAnswered else { return .violation }
            isAnswered = true
            let step = steps[position]
            switch step.role {
            case .keep: return .keep
            case .discard: return .discard
            case .prepare: return .prepared
            }
        case .failure:
            isAnswered = true
            return .failed(call: position < steps.count ? steps[position].call : nil)
        case .skipped:
            guard position < steps.count else { return .violation }
            isAnswered = true
            return .discard
        case .nothing:
            guard isAnswered else { return .violation }
            isAnswered = false
            if position < steps.count { position += 1 }
            return .discard
        case .sync:
            return position == steps.count ? .complete : .violation
        }
    }
}
