import Kernel
import Logging
import ServiceLifecycle

/// Writes down every few seconds which API keys were used, the last time when the host stops; forgets sessions that ended long ago.
struct RightsService: Service {
    let uses: KeyUses
    let database: HostDatabase
    let logger: Logger

    /// How many writings of uses lie between two looks for old sessions.
    private static let forgetting = 120

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var round = 0
            while await pause(for: KeyUses.interval) {
                await write()
                if round % Self.forgetting == 0 { try? await database.forgetSessions() }
                round += 1
            }
        }
        await write()
    }

    /// Uses that cannot be written now are written with the next ones.
    private func write() async {
        let used = uses.take()
        if used.isEmpty { return }
        do throws(AppError) {
            try await database.used(used)
        } catch {
            uses.putBack(used)
            logger.warning("the last use of API keys could not be written; it is tried again", metadata: .keys([.error: "\(error.code)"]))
        }
    }
}
