import CPostgres
import Kernel
import Reactor

/// Opens one connection without blocking: names off the loop, then libpq's handshake step by step. Used on the reactor's thread alone.
final class Connector: @unchecked Sendable {
    struct Failure {
        let error: PostgresError
        /// Another attempt would fail the same way: the server refused the user, the password or the database.
        let isPermanent: Bool
    }

    private let configuration: PostgresClient.Configuration
    private let reactor: Reactor
    private var handle: ConnectionHandle?
    private var registration: Registration?
    private var timer: ReactorTimer?
    private var completion: ((consuming ConnectionHandle) -> Void)?
    private var refusal: ((Failure) -> Void)?

    init(_ configuration: PostgresClient.Configuration, reactor: Reactor) {
        self.configuration = configuration
        self.reactor = reactor
    }

    /// Begins; exactly one of the two is called later, on the loop, unless ``cancel()`` came first.
    func start(blocking: BlockingPool, completion: @escaping (consuming ConnectionHandle) -> Void, refusal: @escaping (Failure) -> Void) {
        self.completion = completion
        self.refusal = refusal
        timer = reactor.schedule(after: configuration.connectTimeout) { [weak self] in
            self?.fail("no answer within \(self?.configuration.connectTimeout ?? .zero)")
        }
        if configuration.host.hasPrefix("/") {
            // Somebody who waits for one of the two is told on the loop.
            if configuration.permits != nil { return reactor.execute { self.refuse("a Unix socket, which is not permitted") } }
            connect(to: nil)
            return
        }
        let host = configuration.host
        blocking.submit { [self] in
            let answer = Result { () throws(PostgresError) in try Resolver.address(of: host) }
            reactor.execute {
                guard self.refusal != nil else { return }
                switch answer {
                case .success(let addresses):
                    if let permits = self.configuration.permits, !(addresses ?? [""]).allSatisfy(permits) {
                        self.refuse("an address that is not permitted")
                    } else {
                        self.connect(to: addresses)
                    }
                case .failure(let error): self.fail(error.detail ?? "")
                }
            }
        }
    }

    /// Gives up; nobody is told.
    func cancel() {
        completion = nil
        refusal = nil
        close()
    }

    private func connect(to addresses: [String]?) {
        var parameters = configuration.connectionParameters
        if let addresses {
            // One entry for each address, so that libpq tries them in turn.
            parameters.append(("host", addresses.map { _ in configuration.host }.joined(separator: ",")))
            parameters.append(("hostaddr", addresses.joined(separator: ",")))
        } else {
            parameters.append(("host", configuration.host))
        }
        guard let raw = Self.begin(parameters) else { return fail("libpq has no memory for a connection") }
        // Failures then carry their SQLSTATE, the only part of a message that decides anything.
        PQsetErrorVerbosity(raw, PQERRORS_SQLSTATE)
        PQsetNoticeReceiver(raw, { _, _ in }, nil)
        handle = ConnectionHandle(owning: raw)
        if PQstatus(raw) == CONNECTION_BAD { return failByServer() }
        watch(.write)
    }

    private func step() {
        // The descriptor may change with each step, so it is never watched across one.
        registration?.deregister()
        registration = nil
        guard let raw = handle?.raw else { return }
        switch PQconnectPoll(raw) {
        case PGRES_POLLING_READING: watch(.read)
        case PGRES_POLLING_WRITING: watch(.write)
        case PGRES_POLLING_OK: succeed(raw)
        default: failByServer()
        }
    }

    private func watch(_ interest: Interest) {
        guard let raw = handle?.raw else { return }
        registration = reactor.register(PQsocket(raw), interest) { [self] _ in step() }
    }

    private func succeed(_ raw: OpaquePointer) {
        PQsetErrorVerbosity(raw, PQERRORS_DEFAULT)
        let completion = completion
        self.completion = nil
        refusal = nil
        timer?.cancel()
        PQsetnonblocking(raw, 1)
        if let handle = handle.take() { completion?(handle) }
    }

    private func failByServer() {
        let message = handle?.message ?? ""
        fail(message, sqlState: SQLStateSuffix.find(in: message))
    }

    private func fail(_ detail: String, sqlState: String? = nil) {
        let refusal = refusal
        cancel()
        let isPermanent = sqlState.map { $0.hasPrefix("28") || $0.hasPrefix("3D") || $0.hasPrefix("42") } ?? false
        refusal?(Failure(error: PostgresError(.connectFailed, sqlState: sqlState, detail: detail), isPermanent: isPermanent))
    }

    private func refuse(_ detail: String) {
        let refusal = refusal
        cancel()
        refusal?(Failure(error: PostgresError(.notPermitted, detail: detail), isPermanent: true))
    }

    private func close() {
        timer?.cancel()
        registration?.deregister()
        registration = nil
        handle = nil
    }

    private static func begin(_ parameters: [(String, String)]) -> OpaquePointer? {
        var names = parameters.map { UnsafePointer($0.0.cString) as UnsafePointer<CChar>? }
        var values = parameters.map { UnsafePointer($0.1.cString) as UnsafePointer<CChar>? }
        defer { for pointer in names + values { pointer?.deallocate() } }
        names.append(nil)
        values.append(nil)
        return PQconnectStartParams(names, values, 0)
    }
}

extension String {
    /// A copy that ends with a zero byte; the caller deallocates it.
    fileprivate var cString: UnsafeMutablePointer<CChar> {
        let bytes = utf8CString
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
        for (index, byte) in bytes.enumerated() { copy[index] = byte }
        return copy
    }
}

/// Finds the SQLSTATE at the end of a message of the verbosity `sqlstate`, which reads `… FATAL:  28P01`.
enum SQLStateSuffix {
    static func find(in message: String) -> String? {
        guard let colon = message.lastIndex(of: ":") else { return nil }
        let tail = message[message.index(after: colon)...].drop { $0 == " " }
        let isState = tail.utf8.count == 5 && tail.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) }
        return isState ? String(tail) : nil
    }
}
