import Kernel
import Logging
import ServiceLifecycle

/// Writes down every few seconds what tenants used, and what is left when the host stops.
///
/// A gateway that is killed loses what it has not written: at most ``interval`` of use. A batch whose answer was lost is written again under its own
/// number, which the database counts once.
struct UsageService: Service {
    /// How often.
    static let interval: Duration = .seconds(5)
    /// The longest that a stop waits for the database.
    static let stopLimit: Duration = .seconds(5)

    let meter: UsageMeter
    let database: UsageDatabase
    let time: TimeSource
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while await pause(for: Self.interval) { await write(until: .after(Self.interval, from: time.instant())) }
        }
        // What is open may be more than one batch: the one that failed, and what came behind it.
        let limit = Deadline.after(Self.stopLimit, from: time.instant())
        while await write(until: limit) {}
    }

    /// Whether a batch was written.
    @discardableResult
    private func write(until deadline: Deadline) async -> Bool {
        guard let batch = meter.next() else { return false }
        do throws(AppError) {
            try await database.write(batch, deadline: deadline)
            meter.written(batch)
            return true
        } catch {
            logger.error("what tenants used could not be written; it is tried again", metadata: .keys([.error: "\(String(reflecting: error))"]))
            return false
        }
    }
}
