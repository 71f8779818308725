import Kernel
import NIOCore
import Wire

/// One call between handlers while it runs. Touched on the loop of the caller's wire alone.
final class RunningCall: @unchecked Sendable {
    let call: NestedCall
    let origin: CallOrigin
    /// Of the caller's wire.
    let executor: LoopExecutor
    private weak var caller: Exchange?
    private var stop: (() -> Void)?
    /// Whether the caller waits no more.
    private(set) var isStopped = false

    init(_ call: NestedCall, _ origin: CallOrigin, executor: LoopExecutor, caller: Exchange) {
        self.call = call
        self.origin = origin
        self.executor = executor
        self.caller = caller
    }

    /// What to do when the caller waits no more.
    func onStop(_ stop: @escaping () -> Void) {
        if isStopped { stop() } else { self.stop = stop }
    }

    /// The caller waits no more.
    func cancel() {
        guard !isStopped else { return }
        isStopped = true
        stop?()
        stop = nil
    }

    /// Brings the caller its answer, with what the call used.
    func finish(status: UInt16, _ body: [UInt8], _ used: Receipt) {
        stop = nil
        caller?.called(NestedAnswer(number: call.number, status: status, body: body), used)
        caller = nil
    }
}

extension Receipt {
    /// With what the calls of other handlers used. The time of this handler holds theirs already.
    func adding(calls: Receipt) -> Receipt {
        Receipt(
            handlerMicroseconds: handlerMicroseconds,
            databaseMicroseconds: UInt32(clamping: Int(databaseMicroseconds) + Int(calls.databaseMicroseconds)),
            cpuMicroseconds: UInt32(clamping: Int(cpuMicroseconds) + Int(calls.cpuMicroseconds)), rows: UInt32(clamping: Int(rows) + Int(calls.rows)),
            databaseBytes: databaseBytes + calls.databaseBytes)
    }
}
