import Connectors
import HandlerKit

/// `POST /data/sources/{source_id}/push`: another system sends values by itself.
///
/// It is believed by its signature (Standard Webhooks), and counts once by its `webhook-id`, however often it comes.
struct PushRoute: Sendable {
    let parts: Result<Parts, AppError>

    /// The longest message.
    static let limit = 1 << 20
    /// How long ids are kept; signatures are good for five minutes.
    private static let memory: Duration = .seconds(86_400)

    var route: Route {
        Route.post(
            "/data/sources/{source_id}/push", access: .webhook("sources_push"), summary: "Values that another system sends, signed",
            body: .bytes(limit: Self.limit)
        ) { (path: SourcePath, invocation: Invocation) async throws -> PushAnswer in
            let id = Bind.uuid(path.id)
            guard let row = try await invocation.database.rows(SourcesSQL.content, id).first else {
                // Removed with its business.
                _ = try await invocation.database.rows(SourcesSQL.closeWebhook, id)
                throw AppError(.notFound, "Nothing is at this address")
            }
            let body = try await invocation.body.collect(limit: Self.limit)
            let message = try verified(row, path.id, body, invocation)
            guard try row.bool(7) else { throw AppError(.conflict, "This source stands still; send it again later") }
            return try await take(row, path.id, message, body, invocation)
        }
    }

    /// The message's id. Throws `UNAUTHENTICATED` where it is not signed as it should be.
    private func verified(_ row: Row, _ source: UUID, _ body: [UInt8], _ invocation: Invocation) throws -> String {
        var secret = ""
        if !row.isNull(3) {
            secret = try JSON.read(try invocation.open(try row.bytes(3), for: Parts.purpose(source)))["secret"]?.string ?? ""
        }
        guard let signature = WebhookSignature(secret) else { throw AppError(.unauthenticated, "This source has no secret; make it anew") }
        let head = invocation.request
        try signature.verify(
            id: head.header("webhook-id"), timestamp: head.header("webhook-timestamp"), signature: head.header("webhook-signature"), body: body,
            at: invocation.time.now())
        return head.header("webhook-id") ?? ""
    }

    private func take(_ row: Row, _ source: UUID, _ message: String, _ body: [UInt8], _ invocation: Invocation) async throws -> PushAnswer {
        let now = invocation.time.now()
        let connector = WebhookPush()
        let pull = Pull(config: ConnectorSettings(try JSON.read(try row.json(2)).object ?? [:]), now: now)
        let answer = PulledAnswer(body: body, fetchedAt: now)
        let read = await Self.result { try await invocation.offload { try connector.read(answer, to: PullRequest(""), pull) } }
        let run = invocation.makeID()
        let attempt = try row.int32(8)
        let landing = Landing(business: try row.uuid(0), source: source) { invocation.makeID() }
        let (id, runID) = (Bind.uuid(source), Bind.uuid(run))
        let isNew = try await invocation.database.interactive { transaction in
            if case .success = read, try await transaction.rows(PushSQL.note, id, .text(message)).isEmpty { return false }
            _ = try await transaction.batch([
                Call(RunsSQL.make, [runID, id, .int32(attempt), .text("push")]), Call(PushSQL.forget, [id, .timestamp(now - Self.memory)]),
                Call(RunsSQL.trim, [id, .int64(RunsSQL.kept)]),
            ])
            var fault: PullFault?
            switch read {
            case .failure(let failure): fault = failure
            case .success(let page):
                let noted = try await transaction.rows(
                    RunsSQL.note, runID, id, .int32(attempt), .int32(0), .int32(0), .int64(Int64(body.count)), .int64(Int64(page.read)),
                    .int64(Int64(page.refused)), .json(try JSON.encode(page.refusals)), .int32(Int32(PullPage.mostRefusals)))
                guard !noted.isEmpty else { throw AppError(.conflict, "This source was changed or paused just now; send it again") }
                let landed = try await landing.store(page.records, transaction)
                _ = try await transaction.rows(
                    RunsSQL.noteLanded, runID, .int64(landed.new), .int64(landed.changed), .int64(landed.unchanged), .int64(landed.duplicate))
            }
            _ = try await transaction.rows(
                RunsSQL.end, runID, .bool(fault != nil), .optional(fault.map { Array($0.json.description.utf8) }, Bind.json))
            return true
        }
        let page: PullPage
        switch read {
        case .failure(let fault): throw AppError(.validation, fault.message)
        case .success(let found): page = found
        }
        return PushAnswer(accepted: page.read - page.refused, refused: page.refused, refusals: page.refusals, duplicate: isNew ? nil : true)
    }

    /// What a body gives, or the fault that it throws.
    private static func result(_ body: () async throws -> PullPage) async -> Result<PullPage, PullFault> {
        do { return .success(try await body()) } catch let fault as PullFault { return .failure(fault) } catch {
            return .failure(PullFault(.interrupted, "The message could not be read to its end; send it again."))
        }
    }
}

/// What became of a message.
struct PushAnswer: Codable, Sendable {
    let accepted: Int
    let refused: Int
    let refusals: [PullPage.Refusal]
    /// True where the message was taken before; else left out.
    var duplicate: Bool?
}
