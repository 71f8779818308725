import Kernel
import Synchronization

/// Counts the open connections of each client address.
final class AddressCounter: Sendable {
    private let limit: Int
    private let counts = Mutex<[ClientAddress: Int]>([:])

    init(limit: Int) { self.limit = limit }

    /// Counts one more; false, and not counted, where the address has as many as it may. A client without an address is not counted.
    func enter(_ address: ClientAddress) -> Bool {
        guard address != .none else { return true }
        return counts.withLock { counts in
            let count = counts[address, default: 0]
            guard count < limit else { return false }
            counts[address] = count + 1
            return true
        }
    }

    func leave(_ address: ClientAddress) {
        guard address != .none else { return }
        counts.withLock { counts in
            let rest = counts[address, default: 1] - 1
            counts[address] = rest > 0 ? rest : nil
        }
    }
}
