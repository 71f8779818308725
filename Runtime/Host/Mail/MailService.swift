import Kernel
import Logging
import Reactor
import ServiceLifecycle

/// Has due mail sent: asks the outbox once a second, and calls the mail handler while something waits.
///
/// Without a mail server the handler, which can write nowhere, answers with the messages; they are written to files here, and the next call says
/// which ones: a mail is gone from the outbox only behind its file.
struct MailService: Service {
    static let interval: Duration = .seconds(1)
    private static let handler = "mail"

    let calls: SystemCalls
    let database: MailDatabase
    /// Where messages are written; nil where the handler sends them.
    let folder: String?
    let time: TimeSource
    let logger: Logger
    private let writing = BlockingPool(threads: 1, name: "mail")

    init(calls: SystemCalls, database: MailDatabase, folder: String?, time: TimeSource, logger: Logger) {
        self.calls = calls
        self.database = database
        self.folder = folder
        self.time = time
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while await pause(for: Self.interval) {
                guard calls.gateway.handlers.contains(where: { $0.name == Self.handler }) else { continue }
                do {
                    if try await database.isDue(deadline: .after(.seconds(5), from: time.instant())) { try await deliver() }
                } catch {
                    if !Task.isCancelled { logger.warning("mail could not be sent", metadata: .keys([.error: "\(String(reflecting: error))"])) }
                }
            }
        }
    }

    /// Rounds, until there is nothing more.
    private func deliver() async throws {
        var written: [MailRound.Message] = []
        repeat {
            let answer = try await calls.run(handler: Self.handler, path: "/internal/mail/deliver", body: try MailRound.request(written))
            let round = try JSON.decode(MailRound.self, from: try JSON.read(answer.body))
            written = round.messages
            if written.isEmpty, round.claimed == 0 { return }
            guard let folder else { continue }
            try await writing.run { [written] in
                try File.makeFolder(folder)
                for message in written { try File.write(Array(message.content.utf8), to: "\(folder)/\(message.id).eml") }
            }
        } while !Task.isCancelled
    }
}

/// One call of the mail handler, as it crosses the wire.
struct MailRound: Decodable {
    struct Message: Decodable, Sendable {
        let id: UUID
        let attempt: Int
        let content: String
    }

    let claimed: Int
    let messages: [Message]

    /// Which messages of the last answer are written.
    static func request(_ written: [Message]) throws(AppError) -> [UInt8] {
        let list = written.map { ["id": .string($0.id.description), "attempt": .integer(Int64($0.attempt))] as JSONValue }
        return try JSON.encode(["written": .array(list)] as JSONValue)
    }
}
