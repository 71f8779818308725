import Addresses
import HandlerKit
import Mailing
import Outbound

/// What the host says: which messages of the last answer it has written.
struct DeliverInput: Decodable, Sendable {
    struct Written: Decodable, Sendable {
        let id: UUID
        let attempt: Int
    }

    let written: [Written]?
}

/// How many mails were due, and what the host is to write where mail goes to files.
struct DeliverAnswer: Encodable, Sendable {
    struct Message: Encodable, Sendable {
        let id: UUID
        let attempt: Int
        /// The whole message.
        let content: String
    }

    var claimed = 0
    var messages: [Message] = []
}

/// One round: claims what is due, sends it, and says how each ended.
struct Delivery: Sendable {
    /// Mails of one round.
    private static let most = 20
    /// How long a claim holds: longer than a round can take, so that nobody else sends the same mail meanwhile.
    private static let leaseSeconds: Int32 = 180

    private let settings: MailSettings
    private let queue: MailQueue
    private let renderer: MailRenderer
    private let from: Mailbox
    private let client: MailClient?

    init(_ settings: MailSettings, queue: MailQueue) throws(AppError) {
        self.settings = settings
        self.queue = queue
        renderer = MailRenderer(appURL: settings.appURL)
        from = try Mailbox(settings.from, field: "TENANTRY_MAIL_FROM")
        var server = settings.server
        server?.name = String(from.domain)
        client = server.map { MailClient($0, authorities: settings.authorities, timeout: .seconds(25), connections: 8) }
    }

    func run(_ input: DeliverInput, _ invocation: SystemInvocation) async throws -> DeliverAnswer {
        var calls = (input.written ?? []).map { Call(OutboxSQL.sent, [.uuid($0.id), .int32(Int32(clamping: $0.attempt))]) }
        calls += [Call(OutboxSQL.sweep, []), Call(OutboxSQL.claim, [.int32(Int32(Self.most)), .int32(Self.leaseSeconds)])]
        let rows = try await invocation.functions.transaction(calls)
        let mails = try rows[rows.count - 1].map { try DueMail($0) }
        var answer = DeliverAnswer(claimed: mails.count)
        guard let client else {
            for mail in mails {
                guard let message = try await rendered(mail, invocation) else { continue }
                answer.messages.append(.init(id: mail.id, attempt: mail.attempt, content: String(decoding: message.bytes, as: UTF8.self)))
            }
            return answer
        }
        try await withThrowingDiscardingTaskGroup { group in
            for mail in mails { group.addTask { try await send(mail, by: client, invocation) } }
        }
        return answer
    }

    private func send(_ mail: DueMail, by client: MailClient, _ invocation: SystemInvocation) async throws {
        guard let message = try await rendered(mail, invocation) else { return }
        let outcome = await client.send(message.bytes, from: from.address, to: mail.recipient)
        switch outcome {
        case .accepted:
            _ = try await invocation.functions.rows(OutboxSQL.sent, .uuid(mail.id), .int32(Int32(clamping: mail.attempt)))
        case .rejected(let reason): try await giveUp(mail, reason, invocation)
        case .postponed(let reason):
            var random = SystemRandomNumberGenerator()
            guard let wait = RetryPlan.wait(after: mail.attempt, using: &random) else {
                return try await giveUp(mail, "after \(mail.attempt) tries: \(reason)", invocation)
            }
            _ = try await invocation.functions.rows(
                OutboxSQL.postponed, .uuid(mail.id), .int32(Int32(clamping: mail.attempt)), .int32(Int32(clamping: wait.components.seconds)),
                .text(reason))
        }
    }

    /// The message; nil where it was given up, because nobody can ever read it.
    private func rendered(_ mail: DueMail, _ invocation: SystemInvocation) async throws -> MailMessage? {
        do throws(AppError) {
            guard mail.attempt <= RetryPlan.most else { throw AppError(.unavailable, "after \(RetryPlan.most) tries") }
            let template = try queue.open(mail.variables, template: mail.template, recipient: mail.recipient, tenant: mail.tenant)
            return renderer.message(template, id: mail.id, from: from, to: try Mailbox(address: mail.recipient), at: mail.createdAt)
        } catch {
            try await giveUp(mail, error.message, invocation)
            return nil
        }
    }

    private func giveUp(_ mail: DueMail, _ reason: String, _ invocation: SystemInvocation) async throws {
        // The log names the mail, not its recipient.
        invocation.logger.warning("a mail was given up", metadata: .keys([.reason: "\(reason)", .error: "\(mail.template) \(mail.id)"]))
        _ = try await invocation.functions.rows(OutboxSQL.givenUp, .uuid(mail.id), .int32(Int32(clamping: mail.attempt)), .text(reason))
    }
}

/// One row of the outbox that this round holds.
private struct DueMail: Sendable {
    let id: UUID
    let template: String
    let recipient: String
    let tenant: TenantID?
    let variables: [UInt8]
    let createdAt: Timestamp
    let attempt: Int

    init(_ row: Row) throws {
        id = try row.uuid(0)
        template = try row.text(1)
        recipient = try row.text(2)
        tenant = row.isNull(3) ? nil : TenantID(try row.uuid(3))
        variables = row.isNull(4) ? [] : try row.bytes(4)
        createdAt = try row.timestamp(5)
        attempt = Int(try row.int32(6))
    }
}
