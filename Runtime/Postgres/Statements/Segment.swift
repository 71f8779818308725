/// One transaction in one round trip: all statements are sent at once and committed by the one Sync that ends them.
///
/// Up to its Sync a pipeline is one implicit transaction (PostgreSQL, "Pipelining" in "Message Flow"), so there is no BEGIN and no COMMIT, and
/// when one statement fails none of them has happened.
public struct Segment: Sendable {
    /// Run first; their rows are thrown away.
    public var preamble: [Call]
    /// Run next; their rows are the result, in this order.
    public var calls: [Call]
    /// `write` where one of the calls writes. A preamble that only sets transaction-local settings may be marked `read`.
    public var access: Statement.Access
    /// Whether the preamble itself sets `plan_cache_mode`; otherwise the client does, at the cost of one more statement, where a call asks for a
    /// custom plan.
    public var preambleSetsPlan: Bool

    /// A segment of those calls. `access` defaults to `write` where one of them writes, else `read`.
    public init(preamble: [Call] = [], _ calls: [Call], access: Statement.Access? = nil, preambleSetsPlan: Bool = false) {
        self.preamble = preamble
        self.calls = calls
        self.access = access ?? (calls.contains { $0.statement.access == .write } ? .write : .read)
        self.preambleSetsPlan = preambleSetsPlan
    }

    /// Whether a call asks for a plan of its own.
    public var needsCustomPlan: Bool { calls.contains { $0.statement.plan == .custom } }

    /// Whether it may wait behind another such segment on one connection.
    var isShortRead: Bool {
        access == .read && preamble.allSatisfy { $0.statement.cost == .short } && calls.allSatisfy { $0.statement.cost == .short }
    }
}
