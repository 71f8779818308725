import Kernel
import Logging
import ServiceLifecycle

/// Adds up every second what transactions have counted of tenants' use, so that a sum is never far to find, and once more when the host stops.
///
/// Any number of gateways may do so. What is not added up yet counts all the same.
struct QuotaService: Service {
    static let interval: Duration = .seconds(1)

    let database: HostDatabase
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while await pause(for: Self.interval) { await fold() }
        }
        await fold()
    }

    private func fold() async {
        do throws(AppError) {
            try await database.foldQuotas()
        } catch {
            logger.warning("what tenants use could not be added up; it is tried again", metadata: .keys([.error: "\(error.code)"]))
        }
    }
}
