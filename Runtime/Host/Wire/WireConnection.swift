import Kernel
import Logging
import NIOCore
import Tokens
import Wire

/// The gateway's end of one process's wire. Everything happens on its loop; frames of one turn leave in one write.
final class WireConnection: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let executor: LoopExecutor
    private let logger: Logger
    private let calls: CallQueue?
    private let objects: ObjectQueue?
    private let recordings: RecordingQueue?
    private let jobs: JobDesk?
    private let onRelease: @Sendable () -> Void
    private var context: ChannelHandlerContext?
    private var decoder = FrameDecoder()
    private var pending: [UInt8] = []
    private var flushScheduled = false
    private var exchanges: [StreamID: Exchange] = [:]
    private var nextStream: StreamID = 1
    private var ready: Ready?
    private var readyWaiter: UnsafeContinuation<Void, Never>?
    private var isOpen = true
    private var hearing = HearingTest()
    private let onEnd: @Sendable () -> Void

    /// `calls` takes what handlers call of each other, `objects` what they ask of objects, `jobs` hears of jobs that they have made; `onRelease` is called on the loop whenever an exchange is over and its slot free, `onEnd` when the
    /// wire has ended, before its exchanges hear of it.
    init(
        executor: LoopExecutor, logger: Logger, calls: CallQueue? = nil, objects: ObjectQueue? = nil, recordings: RecordingQueue? = nil,
        jobs: JobDesk? = nil,
        onEnd: @escaping @Sendable () -> Void = {},
        onRelease: @escaping @Sendable () -> Void
    ) {
        self.executor = executor
        self.logger = logger
        self.calls = calls
        self.objects = objects
        self.onEnd = onEnd
        self.recordings = recordings
        self.jobs = jobs
        self.onRelease = onRelease
    }

    // MARK: For tasks on the loop

    /// Introduces the process to its work and waits until it says what it serves; nil if it ended before.
    func start(_ start: Start) async -> Ready? {
        send(.start(start))
        if ready == nil, isOpen { await withUnsafeContinuation { readyWaiter = $0 } }
        return ready
    }

    /// Begins an invocation.
    func open(
        _ head: InvocationHead, deadline: Deadline, grant: ContextGrant?, renewAt: ContinuousClock.Instant, hearsSilence: Bool = false,
        settled: @escaping (Receipt) -> Void = { _ in }
    ) -> Exchange {
        executor.loop.assertInEventLoop()
        var head = head
        if let recordings, let handler = grant?.context.handler { head.recording = recordings.mode(of: head, handler) }
        let origin = grant.map { grant in
            let isJob = grant.context.attempt > 0
            return CallOrigin(
                handler: grant.context.handler, depth: head.depth, requestID: head.requestID,
                idempotency: isJob ? Idempotency(job: grant.context.invocation) : head.idempotency, principal: grant.principal,
                jobOf: isJob ? grant.context.tenant : nil, deadline: deadline, address: head.address)
        }
        let exchange = Exchange(
            stream: nextStream, deadline: deadline, grant: grant, origin: origin, recorded: head.recording == .none ? nil : head, renewAt: renewAt,
            hearsSilence: hearsSilence, wire: self,
            settled: settled)
        nextStream += 1
        guard isOpen else {
            exchange.lost()
            return exchange
        }
        exchanges[exchange.stream] = exchange
        send(.invoke(exchange.stream, head))
        return exchange
    }

    func drain() { send(.drain) }

    func close() { context?.close(promise: nil) }

    /// Exchanges that fulfil a condition.
    func exchanges(where holds: (Exchange) -> Bool) -> [Exchange] { exchanges.values.filter(holds) }

    /// Why a process must be replaced.
    enum Ailment: String {
        case holdsCancelledWork = "it does not let go of cancelled work"
        case outOfNumbers = "its streams run out of numbers"
    }

    /// Time passes: ends what is past its deadline. Says where the process must be replaced.
    func tick(_ now: ContinuousClock.Instant, cancelGrace: Duration) -> Ailment? {
        // A number is never used twice on a wire, and days of load use up four thousand million.
        var ailment: Ailment? = nextStream > 0xF000_0000 ? .outOfNumbers : nil
        for exchange in exchanges.values {
            if let cancelled = exchange.cancelledAt {
                if cancelled.advanced(by: cancelGrace) <= now { ailment = .holdsCancelledWork }
            } else if exchange.deadline.hasPassed(at: now) {
                exchange.cancel(.deadline, AppError(.deadlineExceeded), at: now)
            }
        }
        return ailment
    }

    /// What changed in how a process answers pings.
    enum Hearing { case unchanged, fellSilent, spokeAgain }

    /// Time passes: asks a process with work whether it is there, unless it was heard anyway. Calls of one that is not may move.
    func listen(_ now: ContinuousClock.Instant) -> Hearing {
        guard ready != nil else { return .unchanged }
        switch hearing.beat(now, hasWork: !exchanges.isEmpty) {
        case .nothing: return .unchanged
        case .ping(let number):
            send(.ping(number))
            return .unchanged
        case .fellSilent:
            for exchange in exchanges.values { exchange.fellSilent() }
            return .fellSilent
        case .spokeAgain: return .spokeAgain
        }
    }

    // MARK: For exchanges

    func send(_ frame: Frame) {
        guard isOpen else { return }
        frame.encode(into: &pending)
        guard !flushScheduled else { return }
        flushScheduled = true
        executor.loop.execute(flush)
    }

    /// An exchange calls another handler.
    func run(_ call: RunningCall) {
        if let calls { calls.add(call) } else { call.finish(status: UInt16(ErrorCode.unavailable.status), [], .none) }
    }

    /// An exchange asks something of an object.
    func run(_ request: RunningObject) {
        if let objects { objects.add(request) } else { request.finish(.failed(ObjectFailure(AppError(.unavailable)))) }
    }

    /// An exchange has made jobs.
    func enqueued() { jobs?.enqueued() }

    /// An exchange ended in a way that is recorded.
    func record(_ handler: String, _ head: InvocationHead, trace: [UInt8], _ end: EndedInvocation.End) {
        recordings?.add(handler, head, trace: trace, end)
    }

    func closed(_ exchange: Exchange) {
        if exchanges.removeValue(forKey: exchange.stream) != nil { onRelease() }
    }

    private lazy var flush: @Sendable () -> Void = { [self] in
        flushScheduled = false
        guard let context, !pending.isEmpty else { return }
        let buffer = context.channel.allocator.buffer(bytes: pending)
        pending.removeAll(keepingCapacity: pending.count <= 1 << 20)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    // MARK: From the channel

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        hearing.heard()
        buffer.withUnsafeReadableBytes { decoder.append($0) }
        do {
            while let frame = try decoder.next() { try receive(frame) }
        } catch {
            logger.error("a handler's process broke the protocol", metadata: .keys([.error: "\(error)"]))
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        isOpen = false
        readyWaiter?.resume()
        readyWaiter = nil
        onEnd()
        for exchange in exchanges.values { exchange.lost() }
        // Both hold each other until the last frame; nothing comes any more.
        flush = {}
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        logger.debug("a wire failed", metadata: .keys([.error: "\(error)"]))
        context.close(promise: nil)
    }

    private func receive(_ frame: Frame) throws {
        switch frame {
        case .ready(let message):
            guard ready == nil else { throw WireViolation("a process said twice what it serves") }
            guard message.version == WireVersion.current else {
                throw WireViolation("a process speaks version \(message.version) of the wire, the gateway \(WireVersion.current)")
            }
            ready = message
            readyWaiter?.resume()
            readyWaiter = nil
        case .pong: break
        default:
            // A frame of an exchange that is over already crossed its end on the wire.
            try exchanges[frame.stream]?.receive(frame)
        }
    }
}
