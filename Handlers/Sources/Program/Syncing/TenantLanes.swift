import HandlerKit
import Synchronization

/// How many runs, or trials, of a tenant are under way in this process. Whoever has enough of them lets others go on: they may wait for hosts that say
/// nothing, and take the place of others meanwhile.
final class TenantLanes: Sendable {
    private let most: Int
    private let running = Mutex<[TenantID: Int]>([:])

    /// `most`: of one tenant.
    init(most: Int) { self.most = most }

    /// Whether one more may begin. It is to ``leave(_:)`` then.
    func enter(_ tenant: TenantID) -> Bool {
        running.withLock { running in
            guard running[tenant, default: 0] < most else { return false }
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
