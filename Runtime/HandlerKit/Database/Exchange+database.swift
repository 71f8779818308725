import Postgres
import Reactor
import Wire

extension Exchange {
    /// Runs calls as one transaction in one round trip, in the name of this invocation.
    func run(_ calls: [Call]) async throws -> [Rows] {
        guard isOnLoop else {
            return try await withTaskExecutorPreference(meter) { try await self.run(calls) }
        }
        let customPlan = try check(calls)
        if let player { return try player.statements(Trace.Question(calls)) }
        guard let recorder else { return try await perform(calls, customPlan).rows }
        do {
            let (rows, bytes) = try await perform(calls, customPlan)
            recorder.statements(calls, rows, bytes: bytes)
            return rows
        } catch {
            recorder.statements(calls, failed: error)
            throw error
        }
    }

    private func perform(_ calls: [Call], _ customPlan: Bool) async throws -> (rows: [Rows], bytes: Int) {
        if let openKeyed { return try await openKeyed.run(calls, for: self) }
        let begun = services.time.instant()
        let fence = fence(behind: calls)
        let preamble = Preamble.call(
            context: context, writes: mayWrite && (job == nil || calls.writes), customPlan: customPlan, remaining: deadline.remaining(at: begun))
        defer { databaseTime += begun.duration(to: services.time.instant()) }
        do {
            var results = try await services.client.run(
                Segment(preamble: [preamble], calls + fence, preambleSetsPlan: true), deadline: deadline, party: party)
            results.removeLast(fence.count)
            return (results, count(results))
        } catch let error as PostgresError {
            throw translated(error)
        }
    }

    /// Lends a connection of its own to a body, beside which nothing of this invocation reaches the database.
    func withOwnConnection<R>(until limit: Deadline, _ body: (OwnConnection) async throws -> R) async throws -> R {
        _ = try check([])
        guard calls.isIdle else { throw AppError(.internalError, detail: "a transaction is opened while another handler is called") }
        if let openKeyed { return try await openKeyed.step(for: self, body) }
        isInteractive = true
        let begun = services.time.instant()
        defer {
            isInteractive = false
            databaseTime += begun.duration(to: services.time.instant())
        }
        do {
            return try await services.client.withConnection(deadline: min(deadline, limit), party: party, body)
        } catch let error as PostgresError {
            throw translated(error)
        }
    }

    /// The tenant as one of those who share the process's connections.
    var party: UInt64? { head.hasTenant ? head.tenant.uuid.high ^ head.tenant.uuid.low : nil }

    /// A transaction on a connection of its own, or a step of the one that is open there.
    func transaction<R>(on own: OwnConnection, _ body: () async throws -> R) async throws -> R {
        if openKeyed != nil { return try await body() }
        guard job != nil, mayWrite else { return try await own.transaction(body) }
        return try await own.transaction {
            let result = try await body()
            if mayWrite, job?.isFinishing != true { _ = try await own.run(Segment(preamble: [openPreamble()], [JobsSQL.fenceCall])) }
            return result
        }
    }

    /// Whether one of the calls wants a plan of its own. Throws where the calls may not run now.
    func check(_ calls: [Call]) throws -> Bool {
        guard !isInteractive else {
            throw AppError(.internalError, detail: "inside an interactive transaction only that transaction reaches the database")
        }
        guard machine.cancelled == nil else { throw CancellationError() }
        return try checkAccess(calls)
    }

    /// The same inside an open transaction.
    func checkAccess(_ calls: [Call]) throws -> Bool {
        var customPlan = false
        for call in calls {
            if call.statement.access == .write, !mayWrite {
                let why = endpoint.description.writes ? "the answer is committed already" : "the route does not"
                throw AppError(.internalError, detail: "\(call.statement.name) writes, \(why)")
            }
            if call.statement.plan == .custom { customPlan = true }
        }
        return customPlan
    }

    /// Adds up what came back, and says how many bytes it was.
    @discardableResult
    func count(_ results: [Rows]) -> Int {
        var bytes = 0
        for result in results {
            rows += result.isEmpty ? result.affected : result.count
            bytes += result.valueBytes
        }
        databaseBytes += bytes
        return bytes
    }

    /// A cancelled statement is a cancelled task; all else is what the caller may know.
    func translated(_ error: PostgresError) -> any Error {
        error.code == .cancelled ? CancellationError() : error.appError
    }
}
