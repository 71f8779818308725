import Connectors
import HandlerKit
import Tokens

/// Asks for what connectors want: where a public provider has answered the same question to somebody, that answer is given.
struct SharedFetching: Sendable {
    let description: ConnectorDescription
    let web: WebFetching
    let database: TenantDatabase
    let tenant: TenantID

    /// The largest answer that is kept for others.
    private static let longest = 8 << 20

    struct Fetched: Sendable {
        let answer: PulledAnswer
        /// Nobody was asked.
        let isShared: Bool
    }

    /// Throws ``PullFault`` where nothing came; errors of the database as they are.
    func fetch(_ request: PullRequest, at now: Timestamp, within patience: Duration = WebFetching.patience) async throws -> Fetched {
        guard description.isShared, let question = request.question else {
            try await take()
            return Fetched(answer: try await web.fetch(request, circle: "\(tenant)", within: patience, at: now), isShared: false)
        }
        let key = Bind.bytes(SHA256.hash(question).bytes)
        let provider = Bind.text(description.name)
        if let row = try await database.rows(SharedSQL.find, provider, key).first {
            return Fetched(answer: PulledAnswer(body: try row.bytes(0), fetchedAt: try row.timestamp(1)), isShared: true)
        }
        try await take()
        let answer = try await web.fetch(request, circle: nil, within: patience, at: now)
        return Fetched(answer: answer, isShared: false)
    }

    /// Keeps an answer that was understood, so that no fault of a moment is given to others. It is good for a little less than its lifetime: whoever asks
    /// once in a lifetime is to get a new one, though no two of his questions are exactly so far apart. One whose records
    /// are all refused is not kept, and that there is nothing not for ever.
    func keep(_ answer: PulledAnswer, _ page: PullPage, to request: PullRequest) async throws {
        guard description.isShared, page.read == 0 ? !description.isKeptForEver : page.refused < page.read, let question = request.question,
            answer.body.count <= Self.longest
        else {
            return
        }
        _ = try await database.rows(
            SharedSQL.keep, .text(description.name), .bytes(SHA256.hash(question).bytes), .bytes(answer.body),
            .optional(description.isKeptForEver ? nil : description.lifetime.map { Double($0) * 0.95 }, Bind.float8))
    }

    private func take() async throws {
        guard let quota = description.quota else { return }
        let rows = try await database.rows(SharedSQL.take, .text(description.name), .int32(Int32(quota.calls)), .int32(Int32(quota.seconds)))
        guard let wait = try rows.first?.optionalFloat8(0) else { return }
        throw PullFault(
            .quotaSpent, "What may be asked of \(description.title) at this time is used up. It will be tried again later.",
            retryAfter: .seconds(Int64(min(wait.rounded(.up), 31_536_000))))
    }
}
