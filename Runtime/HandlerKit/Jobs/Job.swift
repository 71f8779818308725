public import Jobs
import Wire

/// A kind of job: work that nobody waits for, begun again until it was done once.
///
/// ```swift
/// var jobs: [Job] {
///     Job("send_digest") { (input: Digest, job) in
///         let rows = try await job.database.rows(DigestSQL.unread, .uuid(input.user))
///         try await job.finish([Call(DigestSQL.mark, [.uuid(input.user)])])
///     }
/// }
/// ```
///
/// An attempt may be interrupted at any moment, and the job is then begun anew. Each of its transactions that writes ends with a fence, so that an attempt
/// that is not the newest any more commits nothing. What ``JobInvocation/finish(_:)`` commits is done exactly once: in the transaction that ends the job.
/// A job that returns without is ended by its gateway; where that dies first it is begun anew.
/// What is committed before must be safe to do again, or leave a checkpoint in the same transaction (``JobInvocation/advance(_:checkpoint:)``).
///
/// An attempt that throws is tried again behind a wait, at most so often as the policy says, then set aside with its last ten errors. An error of status
/// 400 to 499, which the same input would bring again, sets it aside at once; 402, 408, 409, 425 and 429 do not. An error's `retryAfter` is the least wait.
public struct Job: Sendable {
    let description: HandlerDescription.Job
    let endpoint: Result<Endpoint, AppError>

    /// `kind` is `[a-z][a-z0-9_]{0,62}`. The input is what it was enqueued with; `NoInput` reads nothing, and spares a look into the database.
    public init<Input: Decodable & Sendable>(
        _ kind: StaticString, summary: String = "", retry: RetryPolicy = .standard,
        _ run: @escaping @Sendable (Input, JobInvocation) async throws -> Void
    ) {
        let kind = kind.description
        description = HandlerDescription.Job(
            kind: kind, maxAttempts: retry.maxAttempts, firstWait: retry.firstWait, longestWait: retry.longestWait)
        guard Self.isKind(kind) else {
            endpoint = .failure(AppError(.internalError, detail: "the job `\(kind)`: expected a kind of a-z, 0-9 and _, at most 63 long"))
            return
        }
        let input = JobInput<Input>()
        let route = HandlerDescription.Route(
            method: "POST", path: HandlerDescription.Job.path(of: kind), summary: summary, access: .init(kind: .system, scope: ""), writes: true,
            body: .none, bodyLimit: 0, status: HandlerDescription.Job.ended, inputSchema: "", outputSchema: "")
        endpoint = .success(
            Endpoint(route, parameters: []) { () throws(AppError) in
                (try input.schema(), "")
            } work: { exchange in
                let invocation = try JobInvocation(exchange)
                try await run(try await input.read(invocation), invocation)
                let status = invocation.isFinished ? HandlerDescription.Job.ended : HandlerDescription.Job.hasRun
                // What has nothing left to commit is ended by the gateway, with others of its kind in one transaction.
                try await exchange.deliver(Response(status: status, body: .bytes([])))
            })
    }

    private static func isKind(_ text: String) -> Bool {
        text.utf8.count <= 63 && text.utf8.first.map { (97...122).contains($0) } == true
            && text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_") }
    }
}

/// Reads what a job was enqueued with.
private struct JobInput<Input: Decodable & Sendable>: Sendable {
    func schema() throws(AppError) -> String {
        Input.self == NoInput.self ? "" : try InputDecoder(Input.self).schema.jsonSchema().description
    }

    func read(_ job: JobInvocation) async throws -> Input {
        if let none = NoInput() as? Input { return none }
        return try InputDecoder(Input.self).decode(body: try await job.data().arguments ?? [:])
    }
}

/// Collects jobs written one below the other.
@resultBuilder public enum JobsBuilder {
    /// One kind.
    public static func buildExpression(_ job: Job) -> [Job] { [job] }
    /// Kinds that were collected elsewhere.
    public static func buildExpression(_ jobs: [Job]) -> [Job] { jobs }
    /// All of a block.
    public static func buildBlock(_ jobs: [Job]...) -> [Job] { jobs.flatMap { $0 } }
    /// Those of an `if` without `else`.
    public static func buildOptional(_ jobs: [Job]?) -> [Job] { jobs ?? [] }
    /// Those of an `if`.
    public static func buildEither(first jobs: [Job]) -> [Job] { jobs }
    /// Those of an `else`.
    public static func buildEither(second jobs: [Job]) -> [Job] { jobs }
}
