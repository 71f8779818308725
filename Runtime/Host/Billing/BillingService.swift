import Kernel
import Logging
import ServiceLifecycle

/// Has trials and paid periods ended: asks once a second whether one is over, and calls the subscriptions handler while some are.
struct BillingService: Service {
    static let interval: Duration = .seconds(1)
    private static let handler = "subscriptions"

    let calls: SystemCalls
    let database: BillingDatabase
    let time: TimeSource
    let logger: Logger

    /// What the handler answers.
    private struct Answer: Decodable {
        var due: Int
        var advanced: Int
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while await pause(for: Self.interval) {
                guard calls.gateway.handlers.contains(where: { $0.name == Self.handler }) else { continue }
                do {
                    if try await database.isDue(deadline: .after(.seconds(5), from: time.instant())) { try await advance() }
                } catch {
                    if !Task.isCancelled {
                        logger.warning("subscriptions could not be moved on", metadata: .keys([.error: "\(String(reflecting: error))"]))
                    }
                }
            }
        }
    }

    /// Rounds, until there is nothing more or nothing moves.
    private func advance() async throws {
        var answer: Answer
        repeat {
            let said = try await calls.run(handler: Self.handler, path: "/internal/subscriptions/advance")
            answer = try JSON.decode(Answer.self, from: try JSON.read(said.body))
        } while answer.advanced > 0 && answer.advanced == answer.due && !Task.isCancelled
    }
}
