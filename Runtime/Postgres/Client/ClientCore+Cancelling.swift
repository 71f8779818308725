import Kernel
import Reactor

extension ClientCore {
    /// Nobody waits for a request any more: the caller's task was cancelled, or its deadline passed.
    ///
    /// What only waits is gone at once. On the wire a read is let go at once and cancelled behind the caller's back; a write is cancelled and its end
    /// awaited, because only the server knows whether it was committed.
    func abandon(_ request: Request, _ cause: PostgresError.Code) {
        guard !request.isDone, request.cause == nil else { return }
        request.cause = cause
        guard request.number > 0 else { return }
        switch pool.abandon(request.number) {
        case .waiting:
            end(request.number)
            request.fail(PostgresError(cause))
            drain()
        case .onWire(let number, let cancel):
            guard let connection = connections[number] else { return }
            if cancel { cancelHead(of: connection) }
            if request.access == .read {
                end(request.number)
                request.fail(PostgresError(cause))
            }
            if case .stream(_, _, let feed) = request.work {
                feed.discard()
                connection.resume()
            }
        case .unknown:
            // It waits for its turn on an own connection; one that is about to be tried again looks at the cause itself.
            for connection in connections.values {
                guard let place = connection.backlog.firstIndex(where: { $0 === request }) else { continue }
                connection.backlog.remove(at: place)
                end(request.number)
                request.fail(PostgresError(cause))
            }
        }
    }

    func cancelHead(of connection: Connection) {
        guard let cancel = CancelRequest(connection.raw) else { return connection.broke("no cancel request could be made") }
        let number = connection.number
        if connection.graceTimer == nil {
            connection.graceTimer = reactor.schedule(after: configuration.cancelGrace) { [self] in
                connections[number]?.broke("a cancelled statement did not end")
            }
        }
        blocking.submit { [self] in
            _ = cancel.send()
            reactor.execute { self.cancelReturned(number) }
        }
    }

    private func cancelReturned(_ number: Int) {
        guard let connection = connections[number] else { return }
        switch pool.withPipeline(number, { $0.cancelReturned() }) {
        case .free:
            endGrace(of: connection)
            sendBacklog(of: connection)
            drain()
        case .again:
            reactor.schedule(after: .milliseconds(20)) { [self] in
                guard let connection = connections[number], pool.withPipeline(number, { $0.cancelAgain() }) == true else { return }
                cancelHead(of: connection)
            }
        case .wait, nil: break
        }
    }

    func endGrace(of connection: Connection) {
        guard let timer = connection.graceTimer, pool.withPipeline(connection.number, { !$0.isCancelling }) == true else { return }
        timer.cancel()
        connection.graceTimer = nil
    }
}
