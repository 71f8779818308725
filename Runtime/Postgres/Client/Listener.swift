import CPostgres
import Kernel
import Logging
import Reactor

/// One connection that only listens, opened again whenever it is lost. Used on the reactor's thread alone.
final class Listener: @unchecked Sendable {
    private let configuration: PostgresClient.Configuration
    private let channels: [String]
    private unowned let core: ClientCore
    private let events: AsyncStream<ListenEvent>.Continuation
    private var connector: Connector?
    private var handle: ConnectionHandle?
    private var registration: Registration?
    private var timer: ReactorTimer?
    private var backoff = Backoff()
    private var isListening = false
    private var isStopped = false
    private var random = SystemRandomNumberGenerator()

    init(_ configuration: PostgresClient.Configuration, _ channels: [String], _ core: ClientCore, _ events: AsyncStream<ListenEvent>.Continuation) {
        self.configuration = configuration
        self.channels = channels
        self.core = core
        self.events = events
    }

    func start() {
        guard !isStopped else { return }
        let connector = Connector(configuration, reactor: core.reactor)
        self.connector = connector
        connector.start(blocking: core.blocking) { [self] handle in
            self.connector = nil
            listen(on: handle)
        } refusal: { [self] failure in
            self.connector = nil
            again(String(reflecting: failure.error))
        }
    }

    func stop() {
        guard !isStopped else { return }
        isStopped = true
        connector?.cancel()
        timer?.cancel()
        close()
        events.finish()
    }

    private func listen(on handle: consuming ConnectionHandle) {
        let raw = handle.raw
        self.handle = consume handle
        registration = core.reactor.register(PQsocket(raw), .read) { [self] _ in read() }
        let script = channels.map { "LISTEN \"\($0.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\"" }
        guard PQsendQuery(raw, script.joined(separator: ";")) == 1 else { return lost() }
        flush()
    }

    private func flush() {
        switch PQflush(handle?.raw) {
        case 0: registration?.set(.read)
        case 1: registration?.set([.read, .write])
        default: lost()
        }
    }

    private func read() {
        guard let raw = handle?.raw else { return }
        guard PQconsumeInput(raw) == 1 else { return lost() }
        while !isListening, PQisBusy(raw) == 0 {
            guard let result = PQgetResult(raw).map({ ResultHandle(owning: $0) }) else {
                isListening = true
                backoff.succeeded()
                events.yield(.listening)
                break
            }
            guard result.with({ PQresultStatus($0) }) == PGRES_COMMAND_OK else { return lost() }
        }
        _ = PQisBusy(raw)
        while let notification = PQnotifies(raw) {
            let event = ListenEvent.notified(
                channel: String(cString: notification.pointee.relname), payload: String(cString: notification.pointee.extra))
            PQfreemem(notification)
            if isListening { events.yield(event) }
        }
        flush()
    }

    private func lost() {
        let reason = handle?.message ?? ""
        close()
        if isListening {
            isListening = false
            events.yield(.lost)
        }
        again(reason)
    }

    private func again(_ reason: String) {
        core.logger.info("database listener lost", metadata: .keys([.reason: "\(reason)"]))
        timer = core.reactor.schedule(after: backoff.failed(jitter: Double.random(in: 0...1, using: &random))) { [self] in start() }
    }

    private func close() {
        registration?.deregister()
        registration = nil
        handle = nil
    }
}
