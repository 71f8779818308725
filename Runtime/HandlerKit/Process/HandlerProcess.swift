import Postgres
import Reactor
import Wire

/// Serves one handler over one wire, from `start` to the end of the stream.
///
/// Touched on the reactor's thread alone.
final class HandlerProcess: @unchecked Sendable {
    private let reactor: Reactor
    private let socket: WireSocket
    private let time: TimeSource
    private var stage = Stage.opening
    private var table = InvocationTable<Exchange>()
    /// Invocations that the serving task has not started yet.
    private var arrived: [Exchange] = []
    private var waiting: UnsafeContinuation<Void, Never>?
    private var deadlines: ReactorTimer?
    private var tidied: ContinuousClock.Instant?

    private enum Stage {
        case opening
        case starting(Start)
        case serving(ServedEndpoints, Services)
        case over(WireError?)
    }

    init(descriptor: Int32, reactor: Reactor, time: TimeSource = .system) {
        self.reactor = reactor
        self.time = time
        socket = WireSocket(descriptor: descriptor, reactor: reactor)
    }

    /// Serves until the gateway drains or closes the wire. Call it on the reactor.
    ///
    /// Throws what the handler threw while it started, and ``WireError`` where the gateway speaks another language. `lost` is called when the
    /// gateway is gone while invocations still run; they are cancelled.
    func serve<H: Handler>(_: H.Type, makeLogger: (Start) -> Logger, lost: () -> Void = {}) async throws {
        socket.open(receive: { [unowned self] frame throws(WireError) in try receive(frame) }, ended: { [unowned self] in end($0) })
        defer {
            deadlines?.cancel()
            socket.close()
        }
        guard let start = try await started() else { return await socket.finish() }
        let logger = makeLogger(start)
        let environment = HandlerEnvironment(start, logger: logger, time: time)
        let served = try ServedEndpoints(try await H(environment: environment))
        let client = PostgresClient(try .init(start), reactor: reactor, logger: logger)
        if case .over(let error) = stage {
            if let error { throw error }
            return await socket.finish()
        }
        stage = .serving(served, Services(reactor: reactor, client: client, time: time, logger: logger))
        socket.send(.ready(Ready(description: start.describes ? try JSON.encode(try served.describe()) : [])))
        try await run(lost)
        await socket.finish()
    }

    private func started() async throws -> Start? {
        while case .opening = stage { await withUnsafeContinuation { waiting = $0 } }
        switch stage {
        case .starting(let start):
            guard start.version == WireVersion.current else {
                throw WireError("the gateway speaks version \(start.version) of the wire, this handler \(WireVersion.current); build both alike")
            }
            return start
        case .over(let error?): throw error
        default: return nil
        }
    }

    /// Starts what arrives as child tasks of one group, so that none outlives the wire.
    private func run(_ lost: () -> Void) async throws {
        await withDiscardingTaskGroup { group in
            while true {
                for exchange in arrived {
                    group.addTask(executorPreference: exchange.meter) {
                        await exchange.run()
                        self.finished(exchange)
                    }
                }
                arrived.removeAll(keepingCapacity: true)
                if case .over = stage { break }
                await withUnsafeContinuation { waiting = $0 }
            }
            if table.count > 0 { lost() }
            for exchange in table.running { exchange.cancel(.shutdown) }
            group.cancelAll()
        }
        if case .over(let error?) = stage { throw error }
    }

    private func receive(_ frame: Frame) throws(WireError) {
        switch stage {
        case .opening:
            guard case .start(let start) = frame else { throw WireError("a frame before the start") }
            stage = .starting(start)
            wake()
        case .starting:
            switch frame {
            case .ping(let number): socket.send(.pong(number))
            case .drain: end(nil)
            default: throw WireError("a frame before the process is ready")
            }
        case .serving(let served, let services): try serve(frame, served, services)
        case .over: break
        }
    }

    private func serve(_ frame: Frame, _ served: ServedEndpoints, _ services: Services) throws(WireError) {
        switch try table.receive(frame) {
        case .begin(let stream, let head):
            guard let endpoint = served.endpoint(of: head) else { throw WireError("an invocation of something that is not served") }
            let exchange = Exchange(stream: stream, head: head, endpoint: endpoint, services: services, connection: socket)
            table.insert(exchange, stream)
            watch(exchange.deadline)
            arrived.append(exchange)
            wake()
        case .body(let exchange, let bytes): try exchange.arrive(bytes)
        case .bodyEnd(let exchange): try exchange.machine.bodyEnds()
        case .credit(let exchange, let count): exchange.grant(count)
        case .cancel(let exchange, let reason): exchange.cancel(reason)
        case .context(let exchange, let context): exchange.context = context
        case .called(let exchange, let answer): try exchange.called(answer)
        case .object(let exchange, let frame): try exchange.receiveObject(frame)
        case .pong(let number):
            // Behind what is queued: it says that handler code gets its turn, not only that the loop reads.
            reactor.execute { [self] in socket.send(.pong(number)) }
        case .drained: end(nil)
        case .nothing: break
        }
    }

    private func finished(_ exchange: Exchange) {
        tidy(exchange.services)
        if table.remove(exchange.stream) { end(nil) }
    }

    /// Above so many idle bytes memory is given back: the gateway replaces a process by what it holds, used or not.
    private static let mostIdle = 24 << 20

    /// Looks for idle memory, once a second at most.
    private func tidy(_ services: Services) {
        let now = time.instant()
        if let tidied, tidied.duration(to: now) < .seconds(1) { return }
        tidied = now
        guard IdleMemory.bytes > Self.mostIdle else { return }
        services.pool.submit { IdleMemory.giveBack() }
    }

    private func end(_ error: WireError?) {
        if case .over = stage { return }
        stage = .over(error)
        wake()
    }

    private func wake() {
        waiting?.resume()
        waiting = nil
    }

    /// One timer for all: it looks at the earliest deadline, which nearly always passes unused.
    private func watch(_ deadline: Deadline) {
        if let deadlines, deadlines.due <= deadline.instant { return }
        deadlines?.cancel()
        deadlines = reactor.schedule(at: deadline.instant) { [unowned self] in
            deadlines = nil
            let now = time.instant()
            for exchange in table.running where exchange.deadline.hasPassed(at: now) { exchange.cancel(.deadline) }
            if let next = table.running.lazy.filter({ $0.machine.cancelled == nil }).map(\.deadline).min() { watch(next) }
        }
    }
}
