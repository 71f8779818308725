import Jobs
import Kernel
import Reactor
import Synchronization

/// Time zones by name, from the system's tz database; each file is read once.
final class ZoneFiles: Sendable {
    /// Where the tz database lies.
    static let folder = "/usr/share/zoneinfo"

    private let known = Mutex<[String: TimeZone]>(["UTC": .utc])
    private let pool = BlockingPool(threads: 1, name: "zones")

    /// Throws `VALIDATION_ERROR` for a name that no zone has.
    func zone(_ name: String) async throws(AppError) -> TimeZone {
        if let zone = known.withLock({ $0[name] }) { return zone }
        guard TimeZone.isName(name) else { throw Self.unknown(name) }
        let zone: TimeZone
        do {
            zone = try await pool.run { try TimeZone(name: name, file: try File.read("\(Self.folder)/\(name)")) }
        } catch { throw Self.unknown(name) }
        known.withLock { $0[name] = zone }
        return zone
    }

    private static func unknown(_ name: String) -> AppError {
        .invalid("time_zone", "the tz database has no zone `\(name.prefix(64))`; expected a name such as Europe/Berlin")
    }
}
