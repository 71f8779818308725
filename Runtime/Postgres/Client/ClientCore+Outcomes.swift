import Kernel
import Logging
import Reactor

extension ClientCore: Connection.Owner {
    func connection(_ connection: Connection, completed flight: Flight) {
        guard let request = flight.request else { return }
        let isBystander = pool.withPipeline(connection.number) { $0.headIsBystander } ?? false
        _ = pool.finished(connection.number)
        guard let error = flight.error else {
            end(request.number)
            request.succeed()
            return
        }
        let failure = RetryRules.Failure(sqlState: error.sqlState, isBystander: isBystander)
        if failure == .stalePlan { connection.prepared.forgetAll() }
        failed(request, error, failure)
    }

    func connectionSettled(_ connection: Connection) {
        if pool.withPipeline(connection.number, { $0.cancelsNewHead() }) == true { cancelHead(of: connection) }
        endGrace(of: connection)
        sendBacklog(of: connection)
        drain()
    }

    func connectionBroke(_ connection: Connection, _ reason: String) {
        guard connection.isOpen else { return }
        connections[connection.number] = nil
        pool.lost(connection.number)
        connection.close()
        logger.info("database connection lost", metadata: .keys([.connection: "\(connection.number)", .reason: "\(reason)"]))
        for flight in [connection.head, connection.second] {
            guard let flight, let request = flight.request else { continue }
            // What the server reported before it went is certain, unless only the commit was open.
            if let error = flight.error, !(flight.wasEndedByServer && flight.progress.isAtCommit), request.access == .write {
                failed(request, error, .other)
            } else {
                let error = PostgresError(.connectionLost, outcomeUnknown: request.access == .write, detail: reason)
                failed(request, error, .connectionLost)
            }
        }
        for request in connection.backlog { end(request.number)?.fail(PostgresError(.connectionLost, detail: reason)) }
        connection.backlog.removeAll()
        drain()
    }

    /// One attempt failed: another one, or the end.
    private func failed(_ request: Request, _ error: PostgresError, _ failure: RetryRules.Failure) {
        if case .segment = request.work, request.isShared,
            request.retries.failed(failure, access: request.access, isAbandoned: request.cause != nil) == .retry
        {
            request.rows.removeAll()
            retry(request)
            return
        }
        end(request.number)
        guard let cause = request.cause else { return request.fail(error) }
        switch (failure, error.sqlState) {
        case (.connectionLost, _): request.fail(PostgresError(cause, outcomeUnknown: error.outcomeUnknown, detail: error.detail))
        case (_, "57014"): request.fail(PostgresError(cause, sqlState: "57014", statement: error.statement))
        default: request.fail(error)
        }
    }

    /// In the next turn of the loop, when the connection has taken in all that arrived.
    private func retry(_ request: Request) {
        reactor.execute { [self] in
            if request.isDone { return }
            if let cause = request.cause {
                end(request.number)
                request.fail(PostgresError(cause))
            } else {
                enqueue(request)
            }
        }
    }
}
