public import Kernel
public import Postgres
import Wire

/// One attempt of a job.
public struct JobInvocation: Sendable {
    let exchange: Exchange
    /// Which attempt it is, from 1.
    public let attempt: Int

    init(_ exchange: Exchange) throws(AppError) {
        guard let text = exchange.header(HandlerDescription.Job.attemptHeader), let attempt = Int(text), attempt > 0 else {
            throw AppError(.internalError, detail: "a job is called without its attempt")
        }
        self.exchange = exchange
        self.attempt = attempt
        exchange.job = JobState()
    }

    /// For whom; nil for a job of the installation.
    public var tenant: TenantID? { exchange.head.scope == .tenant ? exchange.head.tenant : nil }
    /// The tenant's rows; each transaction that writes is fenced. Throws `INTERNAL_ERROR` where the job is for no tenant.
    public var database: TenantDatabase {
        get throws(AppError) {
            guard tenant != nil else { throw AppError(.internalError, detail: "a job of no tenant has no tenant's database") }
            return TenantDatabase(exchange: exchange)
        }
    }
    /// Functions of the schemas `identity` and `tenancy`; nothing is put in front of their binds. Fenced as the tenant's database is.
    public var functions: IdentityDatabase { IdentityDatabase(exchange: exchange) }
    /// Makes further jobs.
    public var jobs: JobQueue { JobQueue(exchange: exchange) }
    /// The job's id: the same for all of its attempts, and so a key for what it asks of others.
    public var id: UUID { exchange.head.invocation.uuid }
    /// When this attempt is given up. The task is cancelled then, and where the lease is lost or somebody cancels the job.
    public var deadline: Deadline { exchange.deadline }
    /// A logger whose lines carry the job's id, the tenant and the kind.
    public var logger: Logger { exchange.logger }
    /// The clocks.
    public var time: TimeSource { exchange.time }
    /// A fresh, time-ordered identifier.
    public func makeID() -> UUID { exchange.makeID() }
    /// Whether it was finished: nothing can be written behind that.
    public var isFinished: Bool { exchange.job?.isFinished == true }

    /// Commits calls and the job's end in one transaction; the tenant is put in front of the binds, as everywhere. Once; a job that returns without is
    /// ended by its gateway soon after. Throws `CONFLICT` where another attempt has taken over: then nothing of it is there.
    @discardableResult
    public func finish(_ calls: [Call] = []) async throws -> [Rows] {
        let first = tenant.map { [Bind.id($0)] } ?? []
        return try await exchange.finishJob(calls.map { Call($0.statement, first + $0.binds) })
    }

    /// The same for statements that depend on each other's results. `next` gives calls that stand behind the job's end in the same transaction, such as
    /// the one that makes a job with the unique key of this one.
    @discardableResult
    public func finish<R: Sendable>(
        _ body: @Sendable (Transaction) async throws -> R, next: @Sendable (R) throws -> [Call] = { _ in [] }
    ) async throws -> R {
        do {
            let result = try await database.interactive { [exchange] transaction in
                exchange.job?.isFinishing = true
                let result = try await body(transaction)
                try await transaction.completeJob()
                let calls = try next(result)
                if !calls.isEmpty { _ = try await transaction.batch(calls) }
                return result
            }
            exchange.job?.isFinished = true
            return result
        } catch {
            exchange.job?.isFinishing = false
            throw error
        }
    }

    /// How far it is, from 0 to 1, and what the next attempt goes on from; to be put into the transaction that did it. Nil leaves what was said before.
    /// A checkpoint is at most 256 KB of JSON; a job of no tenant keeps none.
    public func advance(_ progress: Double? = nil, checkpoint: JSONValue? = nil) -> Call {
        let progress = Bind.optional(progress, Bind.float8)
        guard tenant != nil else { return Call(JobsSQL.advanceAlone, [progress]) }
        return Call(JobsSQL.advance, [progress, .optional(checkpoint) { .json(Array($0.description.utf8)) }])
    }

    /// Where the attempt before stood; nil where it said nothing.
    public func checkpoint() async throws -> JSONValue? { try await data().checkpoint }

    /// Runs what blocks or computes for long on a thread beside the one that all of the handler's code shares.
    ///
    /// A body that has begun is not interrupted by cancellation.
    public func offload<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await exchange.offload(body)
    }

    func data() async throws -> (arguments: JSONValue?, checkpoint: JSONValue?) {
        guard let row = try await exchange.run([Call(JobsSQL.data, [])])[0].first else { return (nil, nil) }
        return (try row.optionalJSON(0).map { try JSON.read($0) }, try row.optionalJSON(1).map { try JSON.read($0) })
    }
}

/// How a job stands within one attempt.
struct JobState {
    /// The transaction that ends it is open: it needs no fence beside.
    var isFinishing = false
    /// It has ended in the database.
    var isFinished = false
}

extension Exchange {
    /// What stands behind the calls of a transaction: a job's fence where they write.
    func fence(behind calls: [Call]) -> [Call] {
        job != nil && mayWrite && calls.writes && calls.last?.statement != JobsSQL.complete ? [JobsSQL.fenceCall] : []
    }

    fileprivate func finishJob(_ calls: [Call]) async throws -> [Rows] {
        var rows = try await run(calls + [JobsSQL.completeCall])
        rows.removeLast()
        job?.isFinished = true
        return rows
    }
}

extension [Call] {
    var writes: Bool { contains { $0.statement.access == .write } }
}
