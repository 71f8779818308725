import Synchronization

/// A task's wish to stop, for a transfer that may not have begun.
final class Cancelling: Sendable {
    private let state = Mutex<(isCancelled: Bool, transfer: TransferState?)>((false, nil))

    func attach(_ transfer: TransferState) {
        let isCancelled = state.withLock { state in
            state.transfer = transfer
            return state.isCancelled
        }
        if isCancelled { transfer.cancel() }
    }

    func cancel() {
        let transfer = state.withLock { state in
            state.isCancelled = true
            return state.transfer
        }
        transfer?.cancel()
    }
}
