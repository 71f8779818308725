import Kernel
import NIOCore
import Wire

/// One invocation in flight, seen from the gateway. Lives on the loop of its wire.
final class Exchange {
    enum Event: Sendable {
        case answer(AnswerHead)
        case chunk([UInt8])
        case end(Receipt)
        case subscribe(Subscription)
        case page(FeedPage)
        case failed(AppError, Receipt)
        /// The process does not answer for the moment and has said nothing of this call. More events may follow. Only for those who asked for it.
        case silent
        /// The process is gone; with what calls of other handlers used.
        case lost(Receipt)
    }

    let stream: StreamID
    let deadline: Deadline
    /// In whose name it runs; renewed while it lives.
    let grant: ContextGrant?
    /// Told once what it used, also where nobody waits for it any more.
    private let settled: (Receipt) -> Void
    /// What calls of other handlers take over.
    private let origin: CallOrigin?
    /// The request, where it may have to be recorded.
    private let recorded: InvocationHead?
    /// What the process says that it read from outside.
    private(set) var trace: [UInt8] = []
    /// Calls of other handlers that it waits for, by number.
    private var calls: [UInt32: RunningCall] = [:]
    private var newestCall: UInt32 = 0
    private var usedByCalls = Receipt.none
    /// What it asks of objects.
    var objects = RunningObjects()
    /// When its context is due for renewal.
    var renewAt: ContinuousClock.Instant
    /// Whether who waits is told while the process does not answer.
    private let hearsSilence: Bool
    private var isAnswered = false
    private unowned let wire: WireConnection
    private var events = CircularBuffer<Event>(initialCapacity: 0)
    private var waiter: UnsafeContinuation<Event, Never>?
    private var received = ReceiveCredit()
    private var body: BodySender?
    /// Whether the process still has it.
    private(set) var isOpen = true
    private(set) var cancelledAt: ContinuousClock.Instant?
    /// Bytes that came and were not taken.
    private var unread = 0
    /// Its turn among others, and the bytes that it has moved.
    private var permit: FairPermit?
    private var moved = 0

    init(
        stream: StreamID, deadline: Deadline, grant: ContextGrant?, origin: CallOrigin? = nil, recorded: InvocationHead? = nil,
        renewAt: ContinuousClock.Instant, hearsSilence: Bool = false, wire: WireConnection,
        settled: @escaping (Receipt) -> Void
    ) {
        self.settled = settled
        self.stream = stream
        self.deadline = deadline
        self.grant = grant
        self.origin = origin
        self.recorded = recorded
        self.renewAt = renewAt
        self.hearsSilence = hearsSilence
        self.wire = wire
    }

    // MARK: For the task that waits

    /// The next thing that the process said. After a final event there is none.
    func next() async -> Event {
        if let event = events.popFirst() {
            if case .chunk(let bytes) = event { consumed(bytes.count) }
            return event
        }
        return await withUnsafeContinuation { waiter = $0 }
    }

    /// Sends the rest of a body under the process's credit, from now on by itself.
    func send(_ body: BodySender) {
        self.body = body
        pumpBody()
    }

    /// Nobody waits any more: the process is told, and whoever waits gets the error.
    func cancel(_ reason: CancelReason, _ error: AppError, at now: ContinuousClock.Instant) {
        guard isOpen, cancelledAt == nil else { return }
        cancelledAt = now
        body?.stop()
        body = nil
        stopCalls()
        stopObjects()
        wire.send(.cancel(stream, reason))
        deliver(.failed(error, usedByCalls))
    }

    /// Gives the permit back when the process is done, or at once where it is already.
    func hold(_ permit: FairPermit, bytes: Int) {
        guard isOpen else { return permit.leave() }
        self.permit = permit
        moved += bytes
    }

    // MARK: From the wire

    func receive(_ frame: Frame) throws(WireViolation) {
        switch frame {
        case .answer(_, let head):
            // The first bytes come with the head and are not counted; only chunks are.
            moved += head.body.count
            var head = head
            if head.headers.last == AnswerHead.enqueued {
                head.headers.removeLast()
                wire.enqueued()
            }
            if let receipt = head.receipt {
                head.receipt = receipt.adding(calls: usedByCalls)
                record(.answered(status: head.status, body: head.body), failed: head.status >= 500)
                close(receipt)
            } else {
                permit?.lighten()
            }
            deliver(.answer(head))
        case .chunk(_, let bytes):
            try count(bytes.count)
            unread += bytes.count
            moved += bytes.count
            deliver(.chunk(bytes))
        case .end(_, let receipt):
            close(receipt)
            deliver(.end(receipt.adding(calls: usedByCalls)))
        case .failure(_, let failure):
            record(.failed(failure.error), failed: failure.error.code.status >= 500)
            close(failure.receipt)
            deliver(.failed(failure.error, failure.receipt.adding(calls: usedByCalls)))
        case .subscribe(_, var subscription):
            close(subscription.receipt)
            subscription.receipt = subscription.receipt.adding(calls: usedByCalls)
            deliver(.subscribe(subscription))
        case .page(_, let page):
            close(page.receipt)
            deliver(.page(page))
        case .call(_, let call): try begin(call)
        case .object, .piece, .room, .close: try receiveObject(frame)
        case .trace(_, let piece):
            guard trace.count + piece.count <= Trace.maximumBytes + Frame.maximumChunk else { throw WireViolation("a trace is too long") }
            trace += piece
        case .credit(_, let count):
            body?.grant(count)
            pumpBody()
        default: throw WireViolation("a process sent the frame \(frame.name)")
        }
    }

    /// The process is gone.
    func lost() {
        record(.died, failed: cancelledAt == nil)
        close(nil)
        deliver(.lost(usedByCalls))
    }

    /// The process does not answer.
    func fellSilent() {
        if hearsSilence, !isAnswered, cancelledAt == nil { deliver(.silent) }
    }

    /// A call of another handler is over.
    func called(_ answer: NestedAnswer, _ used: Receipt) {
        guard calls.removeValue(forKey: answer.number) != nil else { return }
        usedByCalls = usedByCalls.adding(calls: used)
        wire.send(.called(stream, answer))
    }

    /// On which its wire lives.
    var executor: LoopExecutor { wire.executor }

    /// Answers a request about an object, while there is somebody who waits.
    func sendObject(_ frame: Frame) {
        if isOpen, cancelledAt == nil { wire.send(frame) }
    }

    /// Has a request about an object worked on.
    func run(_ request: RunningObject) { wire.run(request) }

    private func begin(_ call: NestedCall) throws(WireViolation) {
        guard let origin, cancelledAt == nil else { return }
        guard call.number > newestCall, calls.count < CallOrigin.atOnce else {
            throw WireViolation("a process calls out of order or too often at once")
        }
        newestCall = call.number
        let running = RunningCall(call, origin, executor: wire.executor, caller: self)
        calls[call.number] = running
        wire.run(running)
    }

    /// Has it recorded, if it is to be.
    private func record(_ end: EndedInvocation.End, failed: Bool) {
        guard let recorded, let origin, failed || recorded.recording == .keep else { return }
        wire.record(origin.handler, recorded, trace: trace, end)
        trace = []
    }

    private func stopCalls() {
        for call in calls.values { call.cancel() }
        calls = [:]
    }

    private func count(_ bytes: Int) throws(WireViolation) {
        guard received.receive(bytes) else { throw WireViolation("a process sent past its credit") }
        if cancelledAt != nil { consumed(bytes) }
    }

    private func consumed(_ count: Int) {
        unread -= count
        if let grant = received.consume(count), isOpen { wire.send(.credit(stream, grant)) }
    }

    private func close(_ receipt: Receipt?) {
        isOpen = false
        if let receipt { settled(receipt) }
        permit?.leave(receipt.flatMap { CallCost($0, bytes: moved) })
        permit = nil
        body?.stop()
        body = nil
        stopCalls()
        stopObjects()
        wire.closed(self)
    }

    private func deliver(_ event: Event) {
        if cancelledAt != nil, !isFinalError(event) { return }
        if case .silent = event {} else { isAnswered = true }
        if let waiter {
            self.waiter = nil
            if case .chunk(let bytes) = event { consumed(bytes.count) }
            waiter.resume(returning: event)
        } else {
            events.append(event)
        }
    }

    /// Of a cancelled exchange only the cancellation's own error is of interest, once.
    private func isFinalError(_ event: Event) -> Bool {
        guard case .failed = event, !cancelDelivered else { return false }
        cancelDelivered = true
        return true
    }
    private var cancelDelivered = false

    private func pumpBody() {
        guard let body else { return }
        body.pump(stream, wire) { [weak self] in self?.pumpBody() }
        if body.isDone { self.body = nil }
    }
}

/// A process did what the protocol does not allow; its connection ends.
struct WireViolation: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

extension Frame {
    /// For the log.
    var name: Substring { "\(self)".prefix { $0 != "(" } }
}
