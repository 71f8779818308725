import Kernel

/// Which segments are on the wire of one connection, and what a cancel there may touch. Decides only; the shell acts.
///
/// At most two: the second only where both are short reads. A cancel request names a backend, not a statement (PostgreSQL, "Canceling Requests in
/// Progress"), so it is sent for the head alone, and from then on nothing new is accepted until the request has returned and the wire is empty: a
/// late cancel can only hit what was there when it was sent.
struct PipelineMachine {
    struct Entry: Equatable {
        let request: Int
        var isShort: Bool
        let deadline: Deadline
        var party: WaitQueue.Party?
        /// Nobody waits for its rows any more.
        var isAbandoned = false
    }

    enum Abandonment: Equatable {
        /// Send a cancel request now.
        case cancelHead
        /// It runs out behind the head, or a cancel is on its way already.
        case leftOnWire
        case notHere
    }

    enum AfterCancel: Equatable {
        /// The connection is free.
        case free
        /// Something still runs out.
        case wait
        /// The request came before the server had begun, or between two statements, and was ignored: send it again.
        case again
    }

    private enum Cancel { case none, requested, returned }

    private(set) var head: Entry?
    private(set) var second: Entry?
    private var cancel = Cancel.none

    var isIdle: Bool { head == nil && cancel == .none }
    var isCancelling: Bool { cancel != .none }

    /// Whether a segment may be sent now.
    func accepts(short: Bool) -> Bool {
        guard cancel == .none else { return false }
        guard let head else { return true }
        return short && head.isShort && !head.isAbandoned && second == nil
    }

    mutating func sent(_ entry: Entry) {
        if head == nil { head = entry } else { second = entry }
    }

    /// The segment turned out to contain more than was known when it was placed: nothing goes behind it.
    mutating func markLong(_ request: Int) {
        if head?.request == request { head?.isShort = false }
        if second?.request == request { second?.isShort = false }
    }

    /// The head's Sync was answered.
    mutating func finished() -> Entry? {
        defer {
            head = second
            second = nil
            if head == nil, cancel == .returned { cancel = .none }
        }
        return head
    }

    mutating func abandon(_ request: Int) -> Abandonment {
        if head?.request == request {
            head?.isAbandoned = true
            guard cancel == .none else { return .leftOnWire }
            cancel = .requested
            return .cancelHead
        }
        guard second?.request == request else { return .notHere }
        second?.isAbandoned = true
        return .leftOnWire
    }

    /// All that has arrived is taken in: true if an abandoned segment has become the head and is to be cancelled now.
    mutating func cancelsNewHead() -> Bool {
        guard let head, head.isAbandoned, cancel == .none else { return false }
        cancel = .requested
        return true
    }

    /// The cancel request has returned, so it cannot hit what is sent from now on.
    mutating func cancelReturned() -> AfterCancel {
        guard let head else {
            cancel = .none
            return .free
        }
        cancel = .returned
        return head.isAbandoned ? .again : .wait
    }

    /// The request is sent once more; false if it is no longer wanted.
    mutating func cancelAgain() -> Bool {
        guard cancel == .returned, head?.isAbandoned == true else { return false }
        cancel = .requested
        return true
    }

    /// Whether a cancel meant for another may have hit the head.
    var headIsBystander: Bool { cancel != .none && head?.isAbandoned == false }
}
