import Postgres
import Reactor
import Wire

/// One invocation while it runs: what it was told, and its end of the wire.
///
/// What changes is touched on the reactor's thread alone, which is what makes it sendable: everything asynchronous moves there first.
final class Exchange: @unchecked Sendable {
    let stream: StreamID
    let head: InvocationHead
    let endpoint: Endpoint
    let services: Services
    let started: ContinuousClock.Instant
    let deadline: Deadline
    unowned let connection: any FrameSink

    var machine: StreamMachine
    /// The newest context that the gateway sent.
    var context: String
    /// Whether an interactive transaction is open, beside which nothing else may reach the database.
    var isInteractive = false
    /// The transaction of a write with an `Idempotency-Key`, from its claim on.
    var keyed: KeyedWrite?
    var databaseTime = Duration.zero
    var rows = 0
    var databaseBytes = 0
    /// Runs the invocation's code, and knows what that takes.
    let meter: MeasuredExecutor
    /// The task that runs the invocation, while it runs.
    var task: UnsafeCurrentTask?
    var reader: UnsafeContinuation<Void, any Error>?
    var writer: UnsafeContinuation<Void, any Error>?
    /// Keeps what is read from outside; nil where nothing is recorded.
    let recorder: Recorder?
    /// Gives what was read before; nil where this is no replay.
    let player: Player?
    /// Why it failed, in words for the log.
    var failureDetail = ""
    var calls = CallMachine()
    /// Who waits for the answer of which call.
    var callers: [UInt32: UnsafeContinuation<NestedAnswer, any Error>] = [:]
    /// Requests about objects that are under way, by number.
    var objects: [UInt32: ObjectOperation] = [:]
    var newestObject: UInt32 = 0
    /// Which attempt of a job it is, and how that stands; nil where it is none.
    var job: JobState?
    /// Whether it has made jobs that may wait.
    var hasEnqueued = false

    init(
        stream: StreamID, head: InvocationHead, endpoint: Endpoint, services: Services, connection: any FrameSink
    ) {
        self.stream = stream
        self.head = head
        self.endpoint = endpoint
        self.services = services
        self.connection = connection
        meter = MeasuredExecutor(services.reactor)
        started = services.time.instant()
        deadline = .after(.microseconds(Int64(clamping: head.remainingMicroseconds)), from: started)
        machine = StreamMachine(body: head.body, following: head.following)
        context = head.context
        switch head.recording {
        case .none: (recorder, player) = (nil, nil)
        case .keepForFailure, .keep: (recorder, player) = (Recorder(), nil)
        case .replay(let trace): (recorder, player) = (nil, Player(trace))
        }
    }

    /// Whether the caller is on the thread on which alone this may be touched.
    var isOnLoop: Bool { services.reactor.isCurrent }

    /// A logger whose lines carry what this invocation is.
    var logger: Logger {
        var logger = services.logger
        logger[.requestID] = .string(head.requestID)
        logger[.route] = .string("\(endpoint.description.method) \(endpoint.description.path)")
        if head.hasTenant { logger[.tenantID] = .string(head.tenant.description) }
        return logger
    }

    /// What the invocation has used so far.
    var receipt: Receipt {
        Receipt(
            handlerMicroseconds: UInt32(clamping: started.duration(to: services.time.instant()).microseconds),
            databaseMicroseconds: UInt32(clamping: databaseTime.microseconds),
            cpuMicroseconds: UInt32(clamping: meter.nanoseconds / 1000), rows: UInt32(clamping: rows), databaseBytes: UInt64(databaseBytes))
    }

    func send(_ frame: Frame) {
        if recorder != nil || player != nil { sendTrace(before: frame) }
        if hasEnqueued, case .answer(let stream, var head) = frame {
            head.headers.append(AnswerHead.enqueued)
            return connection.send(.answer(stream, head))
        }
        connection.send(frame)
    }

    /// Nobody waits any more: the task is cancelled, and with it the statement that runs.
    func cancel(_ reason: CancelReason) {
        guard machine.cancel(reason) else { return }
        task?.cancel()
    }

    /// The first header of that name; nil where there is none.
    func header(_ name: String) -> String? {
        head.headers.first { $0.name == name }?.value
    }

    func makeID() -> UUID {
        if let player { return player.id() }
        var random = SystemRandomNumberGenerator()
        let id = UUID.v7(at: services.time.now(), using: &random)
        return recorder?.id(id) ?? id
    }

    func offload<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await services.pool.run { [meter] in try meter.measure(body) }
    }
}

/// Where frames to the gateway go.
protocol FrameSink: AnyObject {
    func send(_ frame: Frame)
}
