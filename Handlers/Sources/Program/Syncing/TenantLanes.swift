import HandlerKit
import Synchronization

/// How many runs of a tenant are under way in this process. Whoever has enough of them lets others go on: runs may wait for hosts that say nothing,
/// and take the place of jobs meanwhile.
final class TenantLanes: Sendable {
    /// The most of one tenant.
    static let most = 8

    private let running = Mutex<[TenantID: Int]>([:])

    /// Whether one more may begin. It is to ``leave(_:)`` then.
    func enter(_ tenant: TenantID) -> Bool {
        running.withLock { running in
            guard running[tenant, default: 0] < Self.most else { return false }
            running[tenant, default: 0] += 1
            return true
        }
    }

    func leave(_ tenant: TenantID) {
        running.withLock { running in
            let left = running[tenant, default: 1] - 1
            running[tenant] = left > 0 ? left : nil
        }
    }
}
