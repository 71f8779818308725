import Kernel
import Synchronization

/// Tenants for whom something was written since their audit log was sealed the last time, as far as this gateway knows.
final class WrittenTenants: Sendable {
    private let open = Mutex<Set<TenantID>>([])

    func note(_ tenant: TenantID) { open.withLock { _ = $0.insert(tenant) } }

    /// All of them, in an order that does not change; they are then no longer open.
    func take() -> [TenantID] {
        open.withLock { open in
            defer { open = [] }
            return open.sorted()
        }
    }
}
