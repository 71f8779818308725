import Kernel
import Synchronization
import Wire

/// An invocation that is to be recorded, as its wire saw it end.
struct EndedInvocation: Sendable {
    enum End: Sendable {
        case failed(AppError)
        case answered(status: UInt16, body: [UInt8])
        case died
    }

    let handler: String
    let head: InvocationHead
    let trace: [UInt8]
    let end: End
    let endedAt: Timestamp
}

/// What is to be recorded, on its way from the wires to the database. Bounded: what does not fit is not recorded, and no request waits.
final class RecordingQueue: Sendable {
    /// How many wait at most.
    static let limit = 32

    let ended: AsyncStream<EndedInvocation>
    private let continuation: AsyncStream<EndedInvocation>.Continuation
    private let modes: [String: Recording]
    private let budget = Mutex(RecordingBudget())
    private let time: TimeSource

    /// `modes` says what is recorded of which handler.
    init(modes: [String: Recording], time: TimeSource) {
        (ended, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.limit))
        self.modes = modes
        self.time = time
    }

    /// What is recorded of an invocation: nothing before a tenant is known, since there is nobody whose key could seal it.
    func mode(of head: InvocationHead, _ handler: String) -> Recording {
        guard head.scope == .tenant, case .route = head.target else { return .none }
        return modes[handler] ?? .none
    }

    func add(_ handler: String, _ head: InvocationHead, trace: [UInt8], _ end: EndedInvocation.End) {
        let now = time.now()
        guard budget.withLock({ $0.take(head, handler, at: now) }) else { return }
        continuation.yield(EndedInvocation(handler: handler, head: head, trace: trace, end: end, endedAt: now))
    }

    func finish() { continuation.finish() }
}
