import CPostgres

/// A request to cancel whatever a connection's backend is doing when it arrives. Made on the loop, sent where blocking is allowed.
final class CancelRequest: @unchecked Sendable {
    private let raw: OpaquePointer

    init?(_ connection: OpaquePointer?) {
        guard let raw = PQgetCancel(connection) else { return nil }
        self.raw = raw
    }

    deinit { PQfreeCancel(raw) }

    /// Blocks until the server has passed the request on. False if it could not be reached.
    func send() -> Bool {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            PQcancel(raw, buffer.baseAddress, 256) == 1
        }
    }
}
