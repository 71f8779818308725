import Kernel
import Reactor
import Synchronization

/// The newest seal of each tenant's audit log as this gateway saw it last, kept outside the database: whoever cuts the end of a log off there cannot
/// cut it off here. In `audit-seals.json` in `TENANTRY_HOME`: an object with `seal` and `hash` for each tenant.
final class KnownSeals: Sendable {
    struct Seal: Sendable, Hashable, Codable {
        /// From 1.
        var seal: Int64
        /// 64 hexadecimal digits.
        var hash: String
    }

    /// The largest file that is read, in bytes: some 300,000 tenants.
    private static let limit = 48 << 20

    private let path: String
    private let known: Mutex<[String: Seal]>
    private let pool = BlockingPool(threads: 1, name: "audit-seals")

    /// Reads what a home remembers. Blocks. Throws where the file is there and cannot be read: to begin anew would forgive what it would show.
    init(home: String) throws(AppError) {
        path = "\(home)/audit-seals.json"
        guard File.exists(path) else {
            known = Mutex([:])
            return
        }
        do throws(AppError) {
            known = Mutex(try JSON.decode([String: Seal].self, from: try JSON.read(try File.read(path, limit: Self.limit))))
        } catch { throw AppError(.internalError, "\(path) cannot be read: \(error.message)") }
    }

    subscript(tenant: TenantID) -> Seal? { known.withLock { $0["\(tenant)"] } }

    func set(_ seal: Seal, of tenant: TenantID) { known.withLock { $0["\(tenant)"] = seal } }

    /// Whether there was one.
    func forget(_ tenant: TenantID) -> Bool { known.withLock { $0.removeValue(forKey: "\(tenant)") != nil } }

    /// Writes them down, off the caller's thread.
    func save() async throws {
        let all = known.withLock { $0 }
        let path = path
        try await pool.run { try File.write(try JSON.encode(all), to: path) }
    }
}
