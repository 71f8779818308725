/// How far an open transaction came, for its recording: what its body throws is the body's own, the rest the database's.
///
/// Used by one task at a time.
final class TransactionSteps: @unchecked Sendable {
    private let recorder: Recorder
    private var isOpen = false
    private var hasReturned = false

    init(_ recorder: Recorder) { self.recorder = recorder }

    /// The transaction has begun.
    func opened() {
        isOpen = true
        recorder.opened(nil)
    }

    /// The body is through.
    func returned() { hasReturned = true }

    fileprivate func ended(_ error: (any Error)?) {
        if !isOpen {
            recorder.opened(error)
        } else if hasReturned {
            recorder.committed(error)
        }
    }
}

extension TransactionSteps? {
    /// Runs the transaction and records its end.
    func following<R>(_ work: () async throws -> R) async throws -> R {
        do {
            let result = try await work()
            self?.ended(nil)
            return result
        } catch {
            self?.ended(error)
            throw error
        }
    }
}

extension Exchange {
    /// Runs the body of an open transaction on what was recorded of it.
    func replay<R: Sendable>(_ body: @Sendable (Transaction) async throws -> R) async throws -> R {
        _ = try check([])
        try player?.open()
        isInteractive = true
        defer { isInteractive = false }
        let transaction = Transaction(exchange: self, own: nil)
        defer { transaction.isOpen = false }
        let result = try await body(transaction)
        try player?.commit()
        return result
    }
}
