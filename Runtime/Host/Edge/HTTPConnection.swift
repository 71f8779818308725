import HummingbirdCore
import Kernel
import NIOCore
import NIOHPACK
import NIOHTTP1
import NIOHTTP2
import Wire

/// One client's HTTP/1.1 connection, or one stream of its HTTP/2 connection: the last handler of its pipeline, and what the task that serves it talks to.
///
/// Everything here happens on the connection's loop, the task included; that is what makes it sendable.
final class HTTPConnection: ChannelDuplexHandler, ServerChildChannelValue, @unchecked Sendable {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let channel: any Channel
    let executor: LoopExecutor
    let limits: EdgeLimits
    let time: TimeSource
    /// The other end; a proxy, where there is one.
    private(set) lazy var peer = ClientAddress(channel.remoteAddress)
    /// The same in words; empty where it has none.
    private(set) lazy var peerText = peer == .none ? "" : peer.description
    /// Whether the other end speaks TLS with us.
    let isSecure: Bool
    private var context: ChannelHandlerContext?
    private var inbox = CircularBuffer<Event>()
    private var waiter: UnsafeContinuation<Event, Never>?
    private var writableWaiter: UnsafeContinuation<Void, Never>?
    private var clock: ConnectionClock
    private var timer: Scheduled<Void>?
    private var timerDue: ContinuousClock.Instant?
    private var bufferedBody = 0
    private var queuedHeads = 0
    private var headsTaken = 0
    private var endsTaken = 0
    private var endsReceived = 0
    private var readHeld = false
    private var inputDone = false
    private var sawInput = false
    private var inputClosed = false
    private var quiescing = false
    /// Whether the last answer has been written.
    private(set) var isOver = false
    /// Whether the client has gone, or will not send any more.
    private(set) var isGone = false
    /// Called once, on the loop, when the client goes while a request is being served.
    var onGone: (() -> Void)?
    /// What is written next. Reused for every answer.
    private var output = ByteBuffer()
    private var framing = AnswerWriter.Framing.none
    private let version: Version
    private var waitingBefore = 0
    /// What begins an answer on an HTTP/2 stream.
    private var block: HPACKHeaders?

    init(_ channel: any Channel, _ version: Version, _ executor: LoopExecutor, _ limits: EdgeLimits, _ time: TimeSource, _ isSecure: Bool) {
        self.channel = channel
        self.version = version
        self.executor = executor
        self.limits = limits
        self.time = time
        self.isSecure = isSecure
        clock = ConnectionClock(limits: limits, now: time.instant())
    }

    /// Whether the last byte of the request that is being served has come.
    var requestArrived: Bool { endsReceived >= headsTaken }
    /// Whether the body of the request that is being served has been read to its end.
    var requestRead: Bool { endsTaken >= headsTaken }
    /// Whether the connection may be kept behind the answer to the current request. Also where the input has ended, if a request or a fault waits.
    var mayKeep: Bool {
        guard requestArrived, !quiescing, !isGone else { return false }
        guard inputDone else { return true }
        return inbox.contains { if case .closed = $0 { false } else if case .end = $0 { false } else { true } }
    }

    // MARK: For the serving task

    /// The next thing that the client sent.
    func next() async -> Event {
        executor.loop.assertInEventLoop()
        let event: Event
        if let first = inbox.popFirst() {
            event = first
        } else if inputDone {
            return .closed
        } else {
            event = await withUnsafeContinuation { waiter = $0 }
        }
        switch event {
        case .head:
            queuedHeads -= 1
            headsTaken += 1
        case .body(let bytes): bufferedBody -= bytes.readableBytes
        case .end: endsTaken += 1
        // There is no more of it.
        case .failure, .closed: endsTaken = headsTaken
        }
        resumeReading()
        return event
    }

    /// A request is over and its answer written; the next may come.
    func requestDone() {
        onGone = nil
        if inbox.isEmpty, !inputDone { clock.enter(holdsHead ? .head : .idle, at: time.instant()) }
        if isGone { context?.close(promise: nil) }
    }

    /// Tells the client to send the body (RFC 9110 section 15.2.1).
    func sendContinue() {
        switch version {
        case .http1: send(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n"))
        case .http2:
            write(.headers(.init(headers: HPACKHeaders([(":status", "100")]))))
            context?.flush()
        }
    }

    /// Puts an answer's head into the output.
    func begin(_ status: Int, _ headers: [HeaderField], _ framing: AnswerWriter.Framing, _ facts: AnswerWriter.Facts) {
        output.clear()
        self.framing = facts.isHead ? .none : framing
        switch version {
        case .http1: AnswerWriter.head(status, headers, framing, facts, into: &output)
        case .http2:
            block = AnswerBlock.headers(status, headers, framing, facts, scratch: &output)
            if case .chunked = self.framing { self.framing = .close }
        }
    }

    /// Puts a piece of the answer's body into the output, unless it has none.
    func put(_ bytes: [UInt8]) {
        switch framing {
        case .none: break
        case .length, .close: output.writeBytes(bytes)
        case .chunked: if !bytes.isEmpty { AnswerWriter.chunk(bytes, into: &output) }
        }
    }

    /// Sends the output.
    func flush() {
        if case .http2 = version { return sendFrames(isLast: false) }
        guard output.readableBytes > 0 else { return }
        send(output)
        output.clear()
    }

    /// Ends the answer and sends it. A connection that is not kept is closed behind it.
    func finish(keep: Bool) {
        if case .http2 = version { return sendFrames(isLast: true) }
        if case .chunked = framing { output.writeStaticString("0\r\n\r\n") }
        if keep { send(output) } else { sendLast(output) }
    }

    private func send(_ bytes: ByteBuffer) {
        context?.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    /// The output as frames of the stream.
    private func sendFrames(isLast: Bool) {
        let hasBody = output.readableBytes > 0
        if let block {
            write(.headers(.init(headers: block, endStream: isLast && !hasBody)))
            self.block = nil
            if hasBody { write(.data(.init(data: .byteBuffer(output), endStream: isLast))) }
        } else if hasBody || isLast {
            write(.data(.init(data: .byteBuffer(output), endStream: isLast)))
        }
        output.clear()
        if isLast {
            isOver = true
            inputDone = true
            inbox.removeAll()
            // The rest of the body is not wanted (RFC 9113 section 8.1).
            if !requestArrived { write(.rstStream(.noError)) } else { startSending() }
        }
        context?.flush()
    }

    private func write(_ frame: HTTP2Frame.FramePayload) { context?.write(NIOAny(frame), promise: nil) }

    /// Whether part of a head has come, and not all of it.
    private var holdsHead: Bool { if case .http1(let input) = version { input.holdsHead } else { false } }

    /// Returns when the socket takes more; false if the client has gone.
    func writable() async -> Bool {
        if isGone || channel.isWritable { return !isGone }
        startSending()
        await withUnsafeContinuation { writableWaiter = $0 }
        clock.enter(.answering, at: time.instant())
        return !isGone
    }

    /// Sends the last bytes, then closes once the client has had them: a connection that is closed over unread input would reset (RFC 9112 section 9.6).
    private func sendLast(_ bytes: ByteBuffer) {
        isOver = true
        inputDone = true
        inbox.removeAll()
        guard let context else { return }
        startSending()
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { [self] _ in
            clock.enter(.lingering, at: time.instant())
            arm()
            self.context?.close(mode: inputClosed ? .all : .output, promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: promise)
        if readHeld {
            readHeld = false
            context.read()
        }
    }

    func close() { context?.close(promise: nil) }

    // MARK: From the channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        arm()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        sawInput = true
        guard !inputDone else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            queuedHeads += 1
            clock.enter(.body, at: time.instant())
            deliver(.head(head))
        case .body(let bytes):
            bufferedBody += bytes.readableBytes
            clock.progress(bytes.readableBytes, at: time.instant())
            deliver(.body(bytes))
        case .end:
            endsReceived += 1
            clock.enter(.answering, at: time.instant())
            deliver(.end)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if !sawInput, clock.phase == .idle || clock.phase == .opening, holdsHead { clock.enter(.head, at: time.instant()) }
        if clock.phase == .head || clock.phase == .body { arm() }
        sawInput = false
    }

    /// Reading pauses while a body waits for its reader, or a request for the one before it.
    func read(context: ChannelHandlerContext) {
        if isHeld { readHeld = true } else { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if channel.isWritable { resumeWriter() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        goneNow()
        deliver(.closed)
        inputDone = true
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !inputDone else { return }
        switch error {
        case let error as AppError: deliver(.failure(error))
        case HTTPParserError.invalidEOFState: deliver(.closed)
        case let error as HTTPParserError: deliver(.failure(AppError(parser: error)))
        default:
            context.close(promise: nil)
            return
        }
        inputDone = true
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            // A stream's end has come with its last frame.
            if case .http2 = version { return }
            inputClosed = true
            if clock.phase == .lingering {
                context.close(promise: nil)
                return
            }
            // A client that half-closes behind its request gets what is ready at once; then it counts as gone. For half a request, or one that is
            // refused already, nothing runs that would have to be cancelled: the refusal may take its time.
            let grace: TimeAmount = inputDone || !requestArrived ? .seconds(2) : .milliseconds(50)
            deliver(.closed)
            inputDone = true
            _ = context.eventLoop.assumeIsolated().scheduleTask(in: grace) { [weak self] in self?.goneNow() }
        case is ChannelShouldQuiesceEvent:
            quiescing = true
            if clock.phase == .idle || clock.phase == .opening { context.close(promise: nil) }
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    // MARK: Inside

    /// One request may wait behind the one that is served: holding at the first would cost two system calls for every request.
    private var isHeld: Bool { bufferedBody > limits.bodyBuffer || queuedHeads > 1 }

    private func resumeReading() {
        guard readHeld, !isHeld, let context else { return }
        readHeld = false
        if clock.phase == .body { clock.excuse(at: time.instant()) }
        context.read()
    }

    private func deliver(_ event: Event) {
        guard !inputDone else { return }
        guard let waiter else { return inbox.append(event) }
        self.waiter = nil
        waiter.resume(returning: event)
    }

    private func resumeWriter() {
        writableWaiter?.resume()
        writableWaiter = nil
    }

    private func goneNow() {
        guard !isGone else { return }
        isGone = true
        resumeWriter()
        onGone?()
        onGone = nil
    }

    private func startSending() {
        clock.enter(.sending, at: time.instant())
        waitingBefore = waitingNow
        arm()
    }

    /// Bytes that the client has not taken yet.
    private var waitingNow: Int {
        guard case .http1 = version else { return 0 }
        return (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    /// Whether the client took its share of what waits for it since it was last asked.
    private var isTaking: Bool {
        guard clock.phase == .sending || clock.phase == .idle else { return false }
        let (before, now) = (waitingBefore, waitingNow)
        waitingBefore = now
        if clock.phase == .idle { return now > 0 && now < before }
        return before - now >= limits.bodyRate * Int(limits.answerSilence.components.seconds)
    }

    /// Sets the timer, unless one is due early enough.
    private func arm() {
        guard let context else { return }
        let now = time.instant()
        switch clock.verdict(at: now) {
        case .wait(let until):
            if let timerDue, timerDue <= until, timerDue > now { return }
            timer?.cancel()
            timerDue = until
            let delay = max(1, now.duration(to: until).microseconds)
            timer = context.eventLoop.assumeIsolated().scheduleTask(in: .microseconds(delay)) { [weak self] in
                self?.timerDue = nil
                self?.arm()
            }
        case .close:
            if isTaking {
                clock.excuse(at: now)
                return arm()
            }
            context.close(promise: nil)
        case .tooSlow:
            if bufferedBody > 0 || readHeld {  // the reader is slow, not the client
                clock.excuse(at: now)
                return arm()
            }
            deliver(.failure(AppError(.timeout)))
            inputDone = true
        }
    }
}
