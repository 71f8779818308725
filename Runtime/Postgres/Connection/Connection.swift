import CPostgres
import Kernel
import Reactor

/// One open connection in pipeline mode. Used on the reactor's thread alone, hence the unchecked mark.
final class Connection: @unchecked Sendable {
    /// Told what happens on a connection.
    protocol Owner: AnyObject {
        /// A request was answered to its end.
        func connection(_ connection: Connection, completed flight: Flight)
        /// What had arrived is taken in.
        func connectionSettled(_ connection: Connection)
        /// The connection is of no more use; it was not closed yet.
        func connectionBroke(_ connection: Connection, _ reason: String)
    }

    let number: Int
    weak var owner: (any Owner)?
    var handle: ConnectionHandle
    var prepared = PreparedStatements()
    var parameters = ParameterBuffer()
    var head: Flight?
    var second: Flight?
    /// Bounds how long a cancelled statement may take to end.
    var graceTimer: ReactorTimer?
    /// What waits for its turn where the connection is lent to one caller.
    var backlog: [Request] = []
    private var spare: [Flight] = [Flight(), Flight()]
    private var registration: Registration?
    private(set) var isOpen = true
    /// Rows of a stream wait for their reader, so nothing is read.
    private(set) var isPaused = false

    init(number: Int, handle: consuming ConnectionHandle, reactor: Reactor) {
        self.number = number
        self.handle = handle
        PQenterPipelineMode(raw)
        registration = reactor.register(PQsocket(raw), .read) { [unowned self] ready in isReady(ready) }
    }

    var raw: OpaquePointer? { handle.raw }

    /// Whether statements share one transaction until COMMIT.
    var isInTransaction: Bool {
        let status = PQtransactionStatus(raw)
        return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
    }

    /// Closes the connection at once, whatever is on it. The server ends what it runs when it notices.
    func close() {
        guard isOpen else { return }
        isOpen = false
        graceTimer?.cancel()
        registration?.deregister()
        registration = nil
        handle.finish()
    }

    func board(_ request: Request) -> Flight {
        let flight = spare.popLast() ?? Flight()
        flight.begin(request)
        if head == nil { head = flight } else { second = flight }
        return flight
    }

    func land() {
        guard let flight = head else { return }
        head = second
        second = nil
        flight.end()
        spare.append(flight)
    }

    func broke(_ reason: String? = nil) {
        guard isOpen else { return }
        owner?.connectionBroke(self, reason ?? handle.message)
    }

    /// Sends what is buffered, and watches for room where the socket takes no more.
    func flush() {
        switch PQflush(raw) {
        case 0: if registration?.interest.contains(.write) == true { watch() }
        case 1: registration?.set(isPaused ? .write : [.read, .write])
        default: broke()
        }
    }

    func pause() {
        isPaused = true
        watch()
    }

    func resume() {
        guard isOpen, isPaused else { return }
        isPaused = false
        watch()
        takeResults()
    }

    private func watch() { registration?.set(isPaused ? [] : .read) }

    private func isReady(_ ready: Interest) {
        if ready.contains(.write), registration?.interest.contains(.write) == true { flush() }
        guard isOpen, ready.contains(.read), !isPaused else {
            // A hang-up is reported whatever is watched; while paused it would be reported for ever.
            if isPaused, isOpen, ready == [.read, .write] { broke("the server hung up") }
            return
        }
        guard PQconsumeInput(raw) == 1 else { return broke() }
        takeResults()
    }
}
