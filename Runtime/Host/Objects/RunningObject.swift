import Kernel
import NIOCore
import Synchronization
import Wire

/// One request about an object while the gateway works on it. Touched on the loop of its wire alone, but for the wish to stop.
final class RunningObject: @unchecked Sendable {
    /// What a process sent next of an object that it puts.
    enum Taken {
        case bytes([UInt8])
        case whole
        case givenUp
    }

    let request: ObjectRequest
    /// Whose object it is, from the invocation's own context; nil where it is for no tenant.
    let tenant: TenantID?
    let handler: String
    let executor: LoopExecutor
    private weak var exchange: Exchange?
    private var waiting: [UInt8] = []
    private var isWhole = false
    private var received = ReceiveCredit()
    private var credit = SendCredit()
    private var waiter: UnsafeContinuation<Void, Never>?
    private let stopped = Atomic(false)

    init(_ request: ObjectRequest, tenant: TenantID?, handler: String, executor: LoopExecutor, exchange: Exchange) {
        self.request = request
        self.tenant = tenant
        self.handler = handler
        self.executor = executor
        self.exchange = exchange
    }

    /// Whether nobody waits for it any more. May be asked anywhere.
    var isStopped: Bool { stopped.load(ordering: .relaxed) }

    // MARK: For the task that works on it

    /// What came next; the process may then send as much again.
    func take() async -> Taken {
        while true {
            if isStopped { return .givenUp }
            if !waiting.isEmpty {
                defer { waiting = [] }
                if let grant = received.consume(waiting.count), !isWhole {
                    exchange?.sendObject(.room(exchange?.stream ?? 0, ObjectRoom(number: request.number, credit: grant)))
                }
                return .bytes(waiting)
            }
            if isWhole { return .whole }
            await withUnsafeContinuation { waiter = $0 }
        }
    }

    /// Says what is read, in front of its bytes.
    func begin(_ object: StoredObject) { answer(.stored(object)) }

    /// Sends bytes as fast as the process takes them; false where it wants no more.
    func send(_ bytes: [UInt8]) async -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            if isStopped { return false }
            let count = min(rest.count, credit.available, Frame.maximumChunk)
            if count == 0 {
                await withUnsafeContinuation { waiter = $0 }
            } else {
                credit.spend(count)
                exchange?.sendObject(.piece(exchange?.stream ?? 0, ObjectPiece(number: request.number, bytes: Array(rest.prefix(count)))))
                rest = rest.dropFirst(count)
            }
        }
        return !isStopped
    }

    /// All bytes are sent.
    func close() {
        exchange?.sendObject(.close(exchange?.stream ?? 0, ObjectClose(number: request.number, isWhole: true)))
        leave()
    }

    /// It is over.
    func finish(_ result: ObjectOutcome.Result) {
        if !isStopped { answer(result) }
        leave()
    }

    private func answer(_ result: ObjectOutcome.Result) {
        exchange?.sendObject(.outcome(exchange?.stream ?? 0, ObjectOutcome(number: request.number, result: result)))
    }

    private func leave() {
        stopped.store(true, ordering: .relaxed)
        exchange?.ended(self)
        exchange = nil
    }

    // MARK: From the wire

    func arrive(_ bytes: [UInt8]) throws(WireViolation) {
        guard case .put = request.action, !isWhole else { throw WireViolation("a process sent bytes of an object that it does not put") }
        guard received.receive(bytes.count) else { throw WireViolation("a process sent an object past its credit") }
        waiting += bytes
        wake()
    }

    func grant(_ count: UInt32) {
        credit.grant(count)
        wake()
    }

    func complete() {
        isWhole = true
        wake()
    }

    /// Nobody waits for it any more.
    func stop() {
        stopped.store(true, ordering: .relaxed)
        wake()
    }

    private func wake() {
        waiter?.resume()
        waiter = nil
    }
}
