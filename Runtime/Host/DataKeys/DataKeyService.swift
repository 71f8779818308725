import Kernel
import Logging
import ServiceLifecycle

/// Wraps data keys anew that an older version of the master key has wrapped, so that the older one can be retired.
struct DataKeyService: Service {
    /// How often it looks.
    static let interval: Duration = .seconds(60)

    let keys: DataKeys
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while await pause(for: Self.interval) { await rewrap() }
        }
    }

    private func rewrap() async {
        do throws(AppError) {
            let (rewrapped, lost) = try await keys.rewrap()
            if rewrapped > 0 { logger.notice("data keys are wrapped by the newest master key", metadata: .keys([.rows: "\(rewrapped)"])) }
            if lost > 0 { logger.error("data keys cannot be unwrapped by any master key that is known", metadata: .keys([.rows: "\(lost)"])) }
        } catch {
            logger.warning("data keys could not be wrapped anew; it is tried again", metadata: .keys([.error: "\(String(reflecting: error))"]))
        }
    }
}
