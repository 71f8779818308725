import HummingbirdCore
import Kernel
import NIOCore
import NIOHTTP1

/// One client's HTTP/1.1 connection: the last handler of its pipeline, and what the task that serves it talks to.
///
/// Everything here happens on the connection's loop, the task included; that is what makes it sendable.
final class HTTPConnection: ChannelDuplexHandler, ServerChildChannelValue, @unchecked Sendable {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What came from the client, in order.
    enum Event {
        case head(HTTPRequestHead)
        case body(ByteBuffer)
        case end
        /// Nothing that comes behind this is read.
        case failure(AppError)
        case closed
    }

    let channel: any Channel
    let executor: LoopExecutor
    let limits: EdgeLimits
    let time: TimeSource
    /// The other end; a proxy, where there is one.
    private(set) lazy var peer = ClientAddress(channel.remoteAddress)
    /// Whether the other end speaks TLS with us.
    var isSecure = false
    private var context: ChannelHandlerContext?
    private var inbox = CircularBuffer<Event>()
    private var waiter: UnsafeContinuation<Event, Never>?
    private var writableWaiter: UnsafeContinuation<Void, Never>?
    private var clock: ConnectionClock
    private var timer: Scheduled<Void>?
    private var timerDue: ContinuousClock.Instant?
    private var bufferedBody = 0
    private var queuedHeads = 0
    private var readHeld = false
    private var inputDone = false
    private var sawInput = false
    private var inputClosed = false
    private var quiescing = false
    /// Whether the last answer has been written.
    private(set) var isOver = false
    /// Whether the last byte of the request that is being served has come.
    private(set) var requestArrived = true
    /// Whether the client has gone, or will not send any more.
    private(set) var isGone = false
    /// Called once, on the loop, when the client goes while a request is being served.
    var onGone: (() -> Void)?
    /// Reused for every answer.
    var output = ByteBuffer()

    init(channel: any Channel, executor: LoopExecutor, limits: EdgeLimits, time: TimeSource) {
        self.channel = channel
        self.executor = executor
        self.limits = limits
        self.time = time
        clock = ConnectionClock(limits: limits, now: time.instant())
    }

    /// Whether the connection may be kept behind the answer to the current request.
    var mayKeep: Bool { requestArrived && !quiescing && !inputDone && !isGone }

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
        if case .body(let bytes) = event { bufferedBody -= bytes.readableBytes }
        if case .head = event { queuedHeads -= 1 }
        resumeReading()
        return event
    }

    /// A request is over and its answer written; the next may come.
    func requestDone() {
        onGone = nil
        if inbox.isEmpty, !inputDone { clock.enter(.idle, at: time.instant()) }
        if isGone { context?.close(promise: nil) }
    }

    /// Sends bytes at once.
    func send(_ bytes: ByteBuffer) {
        context?.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    /// Returns when the socket takes more; false if the client has gone.
    func writable() async -> Bool {
        if isGone || channel.isWritable { return !isGone }
        clock.enter(.sending, at: time.instant())
        arm()
        await withUnsafeContinuation { writableWaiter = $0 }
        clock.enter(.answering, at: time.instant())
        return !isGone
    }

    /// Sends the last bytes, then closes once the client has had them: a connection that is closed over unread input would reset (RFC 9112 section 9.6).
    func sendLast(_ bytes: ByteBuffer) {
        isOver = true
        inputDone = true
        inbox.removeAll()
        guard let context else { return }
        clock.enter(.lingering, at: time.instant())
        arm()
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { [self] _ in
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
            requestArrived = false
            clock.enter(.body, at: time.instant())
            deliver(.head(head))
        case .body(let bytes):
            bufferedBody += bytes.readableBytes
            clock.progress(at: time.instant())
            deliver(.body(bytes))
        case .end:
            requestArrived = true
            clock.enter(.answering, at: time.instant())
            deliver(.end)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if !sawInput, clock.phase == .idle { clock.enter(.head, at: time.instant()) }
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
        guard let error = error as? HTTPParserError else {
            context.close(promise: nil)
            return
        }
        if error == .invalidEOFState {
            deliver(.closed)
        } else {
            deliver(.failure(AppError(parser: error)))
        }
        inputDone = true
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            inputClosed = true
            if clock.phase == .lingering {
                context.close(promise: nil)
                return
            }
            deliver(.closed)
            inputDone = true
            // A client that half-closes behind its request gets what is ready at once; then it counts as gone.
            _ = context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(50)) { [weak self] in self?.goneNow() }
        case is ChannelShouldQuiesceEvent:
            quiescing = true
            if clock.phase == .idle { context.close(promise: nil) }
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    // MARK: Inside

    /// One request may wait behind the one that is served: holding at the first would cost two system calls for every request.
    private var isHeld: Bool { bufferedBody > limits.bodyBuffer || queuedHeads > 1 }

    private func resumeReading() {
        guard readHeld, !isHeld, let context else { return }
        readHeld = false
        if clock.phase == .body { clock.progress(at: time.instant()) }
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
        case .close: context.close(promise: nil)
        case .tooSlow:
            if bufferedBody > 0 {  // the reader is slow, not the client
                clock.progress(at: now)
                return arm()
            }
            deliver(.failure(AppError(.timeout)))
            inputDone = true
        }
    }
}
