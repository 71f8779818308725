import Postgres
import Reactor
import Wire

extension Exchange {
    /// The transaction that all statements go to; nil where each has one of its own.
    var openKeyed: KeyedWrite? { keyed?.answer == nil ? keyed : nil }

    /// Whether statements may still write: not behind the commit of a write with a key, whose answer would tell nothing of it, nor behind a job's end.
    var mayWrite: Bool { endpoint.description.writes && keyed?.answer == nil && job?.isFinished != true }

    /// Runs the invocation at most once for its key: its effect and its answer are committed together, or neither is.
    ///
    /// Where the key was used before, the stored answer is given and the handler's code does not run. Throws `IDEMPOTENCY_KEY_REUSED` for a key of
    /// another request, `IDEMPOTENCY_ANSWER_NOT_KEPT` where the answer was too long to keep, `IDEMPOTENCY_IN_PROGRESS` where another process runs
    /// it and does not end soon enough.
    func runOnce(_ idempotency: Idempotency) async throws {
        let id = KeyGate.ID(tenant: head.tenant, user: head.user, route: keyedRoute, key: idempotency.key)
        try await services.keys.enter(id)
        let response: Response
        do {
            defer { services.keys.leave(id) }
            response = try await answer(idempotency)
        }
        try await deliver(response)
    }

    /// Commits the effect with the answer, which leaves once the connection is given back.
    func settle(_ response: Response, _ keyed: KeyedWrite) async throws {
        guard isOnLoop else {
            return try await withTaskExecutorPreference(meter) { try await self.settle(response, keyed) }
        }
        try checkCommit()
        let first: [Bind] = [.text(keyedRoute), .text(head.idempotency?.key ?? "")]
        try await keyed.commit(response, for: self) { Call(KeyedSQL.keep, first + $0) }
    }

    /// Puts the newest context in front of a step in an open transaction.
    func openPreamble(customPlan: Bool = false) -> Call {
        Preamble.openCall(
            context: context, writes: mayWrite, customPlan: customPlan, remaining: deadline.remaining(at: services.time.instant()))
    }

    /// Counts the time of a body as time in the database, and puts what it reports into the words that a caller may know.
    func timed<R>(_ body: () async throws -> R) async throws -> R {
        let begun = services.time.instant()
        defer { databaseTime += begun.duration(to: services.time.instant()) }
        do {
            return try await body()
        } catch let error as PostgresError {
            throw translated(error)
        }
    }

    private var keyedRoute: String { "\(endpoint.description.method) \(endpoint.description.path)" }

    private func answer(_ idempotency: Idempotency) async throws -> Response {
        _ = try check([])
        let asked = services.time.instant()
        do {
            return try await services.client.withConnection(deadline: deadline, party: party) { own in
                databaseTime += asked.duration(to: services.time.instant())
                if let stored = try await timed({ try await claim(idempotency, own) }) { return stored }
                let keyed = KeyedWrite(own)
                self.keyed = keyed
                do {
                    try await endpoint.work(self)
                } catch {
                    if keyed.answer == nil { try? await own.rollback() }
                    throw error
                }
                guard let answer = keyed.answer else { throw AppError(.internalError, detail: "a route ended without an answer") }
                return answer
            }
        } catch let error as PostgresError {
            throw translated(error)
        }
    }

    /// Opens the transaction and claims the key in it; the stored answer where somebody was first.
    private func claim(_ idempotency: Idempotency, _ own: OwnConnection) async throws -> Response? {
        try await own.begin()
        let remaining = deadline.remaining(at: services.time.instant())
        // The wait for another transaction with the key ends early enough to say so.
        let preamble = Preamble.openCall(context: context, writes: true, remaining: remaining, lock: remaining * 9 / 10)
        let binds: [Bind] = [.text(keyedRoute), .text(idempotency.key), .bytes(idempotency.fingerprint)]
        let row: Row
        do {
            row = try await own.run(Segment(preamble: [preamble], [Call(KeyedSQL.claim, binds)]))[0][0]
        } catch let error as PostgresError where error.sqlState == "55P03" {
            throw AppError(.idempotencyInProgress, retryAfter: .seconds(1))
        }
        if try row.bool(0) { return nil }
        try? await own.rollback()
        guard try row.bool(1) else { throw AppError(.idempotencyKeyReused) }
        return try KeptAnswer.response(row)
    }
}
