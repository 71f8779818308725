import Kernel
import Logging
import Reactor

/// The client's shell: performs what its machines decide. Used on the reactor's thread alone, hence the unchecked mark.
final class ClientCore: @unchecked Sendable {
    let configuration: PostgresClient.Configuration
    let reactor: Reactor
    let logger: Logger
    let blocking = BlockingPool(threads: 2, name: "postgres-wait")
    var pool: PoolMachine
    var connections: [Int: Connection] = [:]
    var requests: [Int: Request] = [:]
    var listeners: [ObjectIdentifier: Listener] = [:]
    var whenEmpty: (() -> Void)?
    private var connectors: [Int: Connector] = [:]
    private var lastRequest = 0
    private var timer: ReactorTimer?
    private var idleTimer: ReactorTimer?
    /// Why the last attempt to connect failed: what waiting callers are told.
    private var lastRefusal: PostgresError?
    private var random = SystemRandomNumberGenerator()

    init(_ configuration: PostgresClient.Configuration, reactor: Reactor, logger: Logger) {
        self.configuration = configuration
        self.reactor = reactor
        self.logger = logger
        pool = PoolMachine(
            limits: PoolMachine.Limits(
                connections: max(1, configuration.maxConnections), waiting: configuration.maxWaiting, patience: configuration.connectTimeout))
    }

    /// Hands a request to the loop and waits for its end; on the loop itself without a hop.
    func perform(_ request: Request, _ begin: @escaping @Sendable () -> Void) async throws {
        if Task.isCancelled { throw PostgresError(.cancelled) }
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<Void, any Error>) in
                request.wait(with: continuation)
                if reactor.isCurrent { begin() } else { reactor.execute(begin) }
            }
        } onCancel: {
            reactor.execute { self.abandon(request, .cancelled) }
        }
    }

    /// A new request for the pool.
    func submit(_ request: Request) {
        if let cause = request.cause { return request.fail(PostgresError(cause)) }
        number(request)
        enqueue(request)
    }

    func number(_ request: Request) {
        lastRequest += 1
        request.number = lastRequest
        requests[lastRequest] = request
    }

    /// Queues a request under its number, for the first time or again.
    func enqueue(_ request: Request) {
        let need: PoolMachine.Need =
            switch request.work {
            case .segment(let segment): segment.isShortRead ? .shortRead : .alone
            default: .own
            }
        let now = ContinuousClock.now
        pool.submit(request.number, need, party: request.party, deadline: request.deadline, at: now)
        drain(at: now)
        arm(at: request.deadline.instant)
    }

    /// Does all that the pool wants done.
    func drain() {
        if !pool.isQuiet { drain(at: ContinuousClock.now) }
    }

    private func drain(at now: ContinuousClock.Instant) {
        while let action = pool.next(at: now) {
            switch action {
            case .send(let request, let connection): send(request, connection)
            case .open(let connection): open(connection)
            case .close(let connection): close(connection)
            case .lend(let request, let connection): lend(request, connection)
            case .fail(let request, let failure): end(request)?.fail(PostgresError(failure, after: lastRefusal))
            }
        }
        if pool.isClosed, pool.members.isEmpty, let whenEmpty {
            self.whenEmpty = nil
            whenEmpty()
        }
    }

    /// Forgets a request that is over.
    @discardableResult
    func end(_ request: Int) -> Request? { requests.removeValue(forKey: request) }

    private func send(_ number: Int, _ connection: Int) {
        guard let request = requests[number], let connection = connections[connection] else { return }
        send(request, on: connection)
    }

    func send(_ request: Request, on connection: Connection) {
        switch connection.send(request) {
        case .warm: break
        case .cold: _ = pool.withPipeline(connection.number) { $0.markLong(request.number) }
        case .failed: connection.broke()
        }
    }

    private func lend(_ number: Int, _ connection: Int) {
        guard let request = end(number) else { return }
        request.lent = connections[connection]
        request.succeed()
    }

    // MARK: Opening and closing

    private func open(_ number: Int) {
        let connector = Connector(configuration, reactor: reactor)
        connectors[number] = connector
        connector.start(blocking: blocking) { [self] handle in
            connectors[number] = nil
            let connection = Connection(number: number, handle: handle, reactor: reactor)
            connection.owner = self
            connections[number] = connection
            logger.debug("database connection opened", metadata: .keys([.connection: "\(number)"]))
            watchIdleness()
            pool.connected(number)
            drain()
        } refusal: { [self] failure in
            connectors[number] = nil
            logger.info(
                "database connection failed",
                metadata: .keys([.connection: "\(number)", .error: "\(String(reflecting: failure.error))"]))
            lastRefusal = failure.error
            pool.connectFailed(number, permanent: failure.isPermanent, at: .now, jitter: Double.random(in: 0...1, using: &random))
            drain()
            rearm()
        }
    }

    private func close(_ number: Int) {
        connectors.removeValue(forKey: number)?.cancel()
        connections.removeValue(forKey: number)?.close()
    }

    private func watchIdleness() {
        guard idleTimer == nil else { return }
        idleTimer = reactor.schedule(after: configuration.idleTime) { [self] in
            idleTimer = nil
            pool.idlePeriodPassed()
            drain(at: .now)
            if !pool.members.isEmpty { watchIdleness() }
        }
    }

    // MARK: Deadlines

    /// One timer for all deadlines: it is set to the earliest, and looks around when it rings.
    func arm(at moment: ContinuousClock.Instant) {
        if let timer {
            guard moment < timer.due else { return }
            timer.cancel()
        }
        timer = reactor.schedule(at: moment) { [self] in
            timer = nil
            let now = ContinuousClock.now
            for number in pool.expire(at: now) {
                if let request = requests[number] { abandon(request, .timedOut) }
            }
            drain(at: now)
            rearm()
        }
    }

    private func rearm() {
        if let next = pool.nextMoment(after: .now) { arm(at: next) }
    }

    /// Ends everything at once.
    func abort() {
        pool.close()
        drain(at: .now)
        for connector in connectors.values { connector.cancel() }
        connectors.removeAll()
        for connection in Array(connections.values) { connection.broke("the client was shut down") }
        for listener in listeners.values { listener.stop() }
        listeners.removeAll()
        timer?.cancel()
        timer = nil
        idleTimer?.cancel()
        idleTimer = nil
        whenEmpty?()
        whenEmpty = nil
    }
}

extension PostgresError {
    fileprivate init(_ failure: PoolMachine.Failure, after refusal: PostgresError?) {
        switch failure {
        case .timedOut: self.init(Code.timedOut, detail: "no connection was free before the deadline")
        case .connectFailed: self = refusal ?? PostgresError(.connectFailed)
        case .exhausted: self.init(Code.poolExhausted)
        case .closed: self.init(Code.closed)
        }
    }
}
