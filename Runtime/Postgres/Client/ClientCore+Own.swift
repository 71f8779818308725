import Kernel
import Reactor

extension ClientCore {
    /// A request for a connection that is lent: it is sent once what was asked there before is over.
    func submit(_ request: Request, to connection: Connection) {
        if let cause = request.cause { return request.fail(PostgresError(cause)) }
        guard connection.isOpen else { return request.fail(PostgresError(.connectionLost)) }
        if request.deadline.hasPassed() { return request.fail(PostgresError(.timedOut)) }
        request.isShared = false
        number(request)
        connection.backlog.append(request)
        sendBacklog(of: connection)
        arm(at: request.deadline.instant)
    }

    /// The same for a stream, which nobody awaits as a whole. Any thread.
    func begin(_ request: Request, on connection: Connection) {
        reactor.execute { self.submit(request, to: connection) }
    }

    func sendBacklog(of connection: Connection) {
        guard let request = connection.backlog.first, connection.isOpen,
            pool.withPipeline(connection.number, { $0.accepts(short: false) }) == true
        else { return }
        connection.backlog.removeFirst()
        if request.deadline.hasPassed() {
            end(request.number)?.fail(PostgresError(.timedOut))
            return sendBacklog(of: connection)
        }
        _ = pool.withPipeline(connection.number) {
            $0.sent(PipelineMachine.Entry(request: request.number, isShort: false, deadline: request.deadline))
        }
        send(request, on: connection)
    }

    /// The caller has finished with a connection that was lent: it is closed, since nobody knows what was left on it.
    func giveBack(_ connection: Connection) {
        guard connections.removeValue(forKey: connection.number) != nil else { return }
        pool.lost(connection.number)
        if connection.head != nil, let cancel = CancelRequest(connection.raw) {
            blocking.submit { _ = cancel.send() }
        }
        let left = [connection.head?.request, connection.second?.request].compactMap(\.self) + connection.backlog
        connection.close()
        for request in left { end(request.number)?.fail(PostgresError(.closed)) }
        drain()
    }
}
