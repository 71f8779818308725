public import Postgres
import Wire

/// An open transaction of ``TenantDatabase/interactive(_:)``. Of no use outside its body.
public final class Transaction: @unchecked Sendable {
    // Touched on the reactor's thread alone, as the exchange is.
    private let exchange: Exchange
    /// Nil in a replay.
    private let own: OwnConnection?
    var isOpen = true

    init(exchange: Exchange, own: OwnConnection?) {
        self.exchange = exchange
        self.own = own
    }

    /// One statement; the tenant is `$1`.
    public func rows(_ statement: Statement, _ binds: Bind...) async throws -> Rows {
        try await batch([Call(statement, binds)])[0]
    }

    /// Several statements in one round trip. The newest context goes in front of them, so that a long transaction outlives its first one.
    public func batch(_ calls: [Call]) async throws -> [Rows] {
        guard exchange.isOnLoop else {
            return try await withTaskExecutorPreference(exchange.meter) { try await self.batch(calls) }
        }
        guard isOpen else { throw AppError(.internalError, detail: "the transaction is used outside its body") }
        let customPlan = try exchange.checkAccess(calls)
        let tenant = Bind.uuid(exchange.head.tenant.uuid)
        let calls = calls.map { Call($0.statement, [tenant] + $0.binds) }
        guard let own else {
            guard let player = exchange.player else { throw AppError(.internalError) }
            return try player.statements(Trace.Question(calls))
        }
        let preamble = Preamble.openCall(
            context: exchange.context, writes: exchange.mayWrite, customPlan: customPlan,
            remaining: exchange.deadline.remaining(at: exchange.services.time.instant()))
        do {
            let results = try await own.run(Segment(preamble: [preamble], calls, preambleSetsPlan: true))
            let bytes = exchange.count(results)
            exchange.recorder?.statements(calls, results, bytes: bytes)
            return results
        } catch let error as PostgresError {
            let error = exchange.translated(error)
            exchange.recorder?.statements(calls, failed: error)
            throw error
        }
    }
}

extension Transaction {
    /// Ends the job that the transaction is of, with it.
    func completeJob() async throws {
        guard isOpen else { throw AppError(.internalError, detail: "the transaction is used outside its body") }
        guard let own else {
            guard let player = exchange.player else { throw AppError(.internalError) }
            _ = try player.statements(Trace.Question([JobsSQL.completeCall]))
            return
        }
        do {
            let results = try await own.run(Segment(preamble: [exchange.openPreamble()], [JobsSQL.completeCall]))
            exchange.recorder?.statements([JobsSQL.completeCall], results, bytes: 1)
        } catch let error as PostgresError { throw exchange.translated(error) }
    }
}

extension Exchange {
    /// The last step before COMMIT: throws where nobody waits for the effect of a transaction any more.
    func checkCommit() throws {
        try Task.checkCancellation()
        guard machine.cancelled == nil else { throw CancellationError() }
        guard !deadline.hasPassed(at: services.time.instant()) else { throw AppError(.deadlineExceeded) }
    }
}
