import Postgres
import Synchronization
import Wire

/// Gives a replayed invocation what it read from outside when it was recorded. Any thread.
///
/// Clocks and identifiers come in their order, and go on by themselves where the program asks for more than was recorded. A statement or a call is
/// found by its text and values, those that are alike in their order, since what runs in parallel may be asked in another order. What is not found
/// is a divergence: it is thrown, and told at the end.
final class Player: Sendable {
    private struct State {
        var nows: ArraySlice<Int64> = []
        var instants: ArraySlice<Int64> = []
        var ids: ArraySlice<UUID> = []
        var lastNow: Int64
        var lastInstant: Int64 = 0
        var random = SequenceOfNumbers()
        var seals: ArraySlice<Trace.Outcome<[UInt8]>> = []
        var openings: ArraySlice<Trace.Fault?> = []
        var commits: ArraySlice<Trace.Fault?> = []
        /// Statements, streams and calls, in order; those that were given are nil.
        var answers: [Trace.Entry?] = []
        var divergences: [String] = []
    }

    private let state: Mutex<State>

    init(_ bytes: [UInt8]) {
        do throws(WireError) {
            state = Mutex(Self.read(try Trace(bytes: bytes)))
        } catch {
            state = Mutex(State(lastNow: 0, divergences: ["the recording cannot be read: \(error)"]))
        }
    }

    private static func read(_ trace: Trace) -> State {
        var state = State(lastNow: trace.began)
        for entry in trace.entries {
            switch entry {
            case .now(let now): state.nows.append(now)
            case .instant(let instant): state.instants.append(instant)
            case .id(let id): state.ids.append(id)
            case .sealed(let outcome): state.seals.append(outcome)
            case .opened(let fault): state.openings.append(fault)
            case .committed(let fault): state.commits.append(fault)
            case .statements, .streamed, .called: state.answers.append(entry)
            }
        }
        return state
    }

    /// What was asked and not found so far.
    var divergences: [String] { state.withLock { $0.divergences } }

    func now() -> Timestamp {
        state.withLock { state in
            if let next = state.nows.popFirst() { state.lastNow = next }
            return Timestamp(microseconds: state.lastNow)
        }
    }

    func instant(since started: ContinuousClock.Instant) -> ContinuousClock.Instant {
        state.withLock { state in
            if let next = state.instants.popFirst() { state.lastInstant = next }
            return started.advanced(by: .nanoseconds(state.lastInstant))
        }
    }

    func id() -> UUID {
        state.withLock { state in
            state.ids.popFirst() ?? UUID.v7(at: Timestamp(microseconds: state.lastNow), using: &state.random)
        }
    }

    func statements(_ question: Trace.Question) throws -> [Rows] {
        guard case .statements(_, let outcome) = try find(question, "statement") else { throw AppError(.internalError) }
        switch outcome {
        case .value(let tables): return try tables.map { try $0.read() }
        case .fault(let fault): throw fault.error
        }
    }

    func stream(_ question: Trace.Question) throws -> RowStream {
        guard case .streamed(_, let tables, let fault) = try find(question, "streamed statement") else { throw AppError(.internalError) }
        return RowStream(recorded: try tables.map { try $0.read() }, error: fault?.error)
    }

    func call(_ question: Trace.Question) throws -> NestedAnswer {
        guard case .called(_, let outcome) = try find(question, "call") else { throw AppError(.internalError) }
        switch outcome {
        case .value(let result): return NestedAnswer(number: 0, status: result.status, body: result.body)
        case .fault(let fault): throw fault.error
        }
    }

    /// What was sealed or opened next, in the recorded order.
    func sealed() throws(AppError) -> [UInt8] {
        let next = state.withLock { state in
            if state.seals.isEmpty { state.divergences.append("expected no more bytes to be sealed or opened, found some") }
            return state.seals.popFirst()
        }
        switch next {
        case .value(let bytes): return bytes
        case .fault(let fault): throw AppError(ErrorCode(named: fault.code) ?? .internalError, fault.message, detail: fault.detail)
        case nil: throw AppError(.internalError, detail: "the replay diverges: something is sealed that was not")
        }
    }

    /// Throws what kept a transaction from being opened.
    func open() throws {
        if let fault = state.withLock({ $0.openings.popFirst() }) ?? nil { throw fault.error }
    }

    /// Throws what kept a transaction from being committed.
    func commit() throws {
        if let fault = state.withLock({ $0.commits.popFirst() }) ?? nil { throw fault.error }
    }

    private func find(_ question: Trace.Question, _ kind: String) throws -> Trace.Entry {
        let found: Result<Trace.Entry, AppError> = state.withLock { state in
            let waiting = state.answers.indices.filter { state.answers[$0]?.kind == kind }
            if let index = waiting.first(where: { state.answers[$0]?.question == question }), let entry = state.answers[index].take() {
                return .success(entry)
            }
            let expected = waiting.first.flatMap { state.answers[$0]?.question.map { "the \(kind) `\($0.name)`" } } ?? "no \(kind) more"
            let isKnown = waiting.contains { state.answers[$0]?.question?.name == question.name }
            let text = "expected \(expected), found the \(kind) `\(question.name)`\(isKnown ? " with other values or another text" : "")"
            state.divergences.append(text)
            return .failure(AppError(.internalError, detail: "the replay diverges: \(text)"))
        }
        return try found.get()
    }
}

extension Trace.Entry {
    fileprivate var question: Trace.Question? {
        switch self {
        case .statements(let question, _), .streamed(let question, _, _), .called(let question, _): question
        default: nil
        }
    }

    fileprivate var kind: String {
        switch self {
        case .statements: "statement"
        case .streamed: "streamed statement"
        case .called: "call"
        default: ""
        }
    }
}

/// The same numbers in each replay (SplitMix64; Steele, Lea, Flood, 2014).
private struct SequenceOfNumbers: RandomNumberGenerator {
    private var state: UInt64 = 0

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }
}
