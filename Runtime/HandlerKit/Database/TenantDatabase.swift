public import Postgres
import Wire

/// The rows of one tenant, through the statements of the handler's catalogue.
///
/// `$1` of every statement is the tenant: it is put in front here, so the binds that are passed begin at `$2`. Each call is one transaction and one
/// round trip, read-only where the route does not write; what is left of the deadline limits it. Errors are ``AppError`` and, where nobody waits
/// any more, `CancellationError`; what the database said stands in the log only.
public struct TenantDatabase: Sendable {
    let exchange: Exchange

    /// One statement in a transaction of its own.
    public func rows(_ statement: Statement, _ binds: Bind...) async throws -> Rows {
        try await exchange.run([Call(statement, tenantFirst(binds))])[0]
    }

    /// Several statements, all or nothing, in one round trip. None of them can depend on another's result.
    public func transaction(_ calls: [Call]) async throws -> [Rows] {
        try await exchange.run(calls.map { Call($0.statement, tenantFirst($0.binds)) })
    }

    /// Statements that depend on each other's results, all or nothing, on a connection of their own: at least three round trips.
    ///
    /// Commits when the body returns, rolls back when it throws, and after the deadline or a cancellation in any case. Inside the body only the
    /// ``Transaction`` reaches the database; any other call throws. The body must not wait for a client or another host.
    public func interactive<R: Sendable>(_ body: @Sendable (Transaction) async throws -> R) async throws -> R {
        guard exchange.isOnLoop else {
            return try await withTaskExecutorPreference(exchange.meter) { try await self.interactive(body) }
        }
        if exchange.player != nil { return try await exchange.replay(body) }
        let steps = exchange.recorder.map { TransactionSteps($0) }
        return try await steps.following {
            try await exchange.withOwnConnection(until: exchange.deadline) { own in
                let transaction = Transaction(exchange: exchange, own: own)
                defer { transaction.isOpen = false }
                return try await exchange.transaction(on: own) {
                    steps?.opened()
                    let result = try await body(transaction)
                    steps?.returned()
                    try exchange.checkCommit()
                    return result
                }
            }
        }
    }

    /// Lends the rows of a long result one by one, from a connection of its own that is held until the body ends, at most for `limit`.
    public func stream<R: Sendable>(
        _ statement: Statement, _ binds: Bind..., limit: Duration = .seconds(30), _ body: @Sendable (RowStream) async throws -> R
    ) async throws -> R {
        let binds = tenantFirst(binds)
        if let player = exchange.player { return try await body(player.stream(Trace.Question(statement.text, binds))) }
        return try await onOwnConnection(limit: limit) { own in
            let arrived = exchange.recorder?.streamed(statement.text, binds)
            return try await body(
                own.stream(statement.text, binds) { [exchange] rows in
                    exchange.count([rows])
                    arrived?(.success(rows))
                })
        }
    }

    /// SQL that no catalogue has, on a connection of its own that is closed afterwards. The tenant is `$1` here too.
    public func unsafeSQL(_ sql: String, _ binds: Bind...) async throws -> Rows {
        let binds = tenantFirst(binds)
        if let player = exchange.player { return try player.statements(Trace.Question(sql, binds))[0] }
        do {
            return try await onOwnConnection(limit: .seconds(30)) { own in
                let rows = try await own.query(sql, binds)
                let bytes = exchange.count([rows])
                exchange.recorder?.sql(sql, binds, rows, bytes: bytes)
                return rows
            }
        } catch {
            exchange.recorder?.sql(sql, binds, failed: error)
            throw error
        }
    }

    /// One transaction with this invocation's context around a body.
    private func onOwnConnection<R: Sendable>(limit: Duration, _ body: @Sendable (OwnConnection) async throws -> R) async throws -> R {
        guard exchange.isOnLoop else {
            return try await withTaskExecutorPreference(exchange.meter) { try await self.onOwnConnection(limit: limit, body) }
        }
        let end = Deadline.after(limit, from: exchange.services.time.instant())
        return try await exchange.withOwnConnection(until: end) { own in
            try await exchange.transaction(on: own) {
                let remaining = min(end, exchange.deadline).remaining(at: exchange.services.time.instant())
                let preamble = Preamble.openCall(context: exchange.context, writes: exchange.mayWrite, remaining: remaining)
                _ = try await own.run(Segment([preamble]))
                let result = try await body(own)
                try exchange.checkCommit()
                return result
            }
        }
    }

    private func tenantFirst(_ binds: [Bind]) -> [Bind] {
        var all: [Bind] = []
        all.reserveCapacity(binds.count + 1)
        all.append(.uuid(exchange.head.tenant.uuid))
        all.append(contentsOf: binds)
        return all
    }
}
