import CCurl
import Glibc
import Kernel
import Reactor
import Synchronization

/// Runs any number of transfers on one thread, which begins with the first of them and ends when none was there for a while.
final class TransferLoop: Sendable {
    private let shared: Shared
    private let pool = BlockingPool(threads: 1, name: "outbound")

    /// `perHost` connections to one host at most, `total` at all; transfers beyond wait for one.
    init(perHost: Int, total: Int) { shared = Shared(perHost: perHost, total: total) }

    deinit { shared.close() }

    /// Runs a transfer to its end. Ends it early where the task is cancelled.
    func run(_ transfer: Transfer) async -> TransferEnd {
        await withTaskCancellationHandler {
            start(transfer)
            return await transfer.end.value()
        } onCancel: {
            cancel(transfer)
        }
    }

    func start(_ transfer: Transfer) { order(.start(transfer)) }

    func cancel(_ transfer: Transfer) {
        transfer.markCancelled()
        order(.cancel(transfer))
    }

    func resume(_ transfer: Transfer) { order(.resume(transfer)) }

    private func order(_ order: Order) {
        if shared.add(order) {
            pool.submit { [shared] in shared.run() }
        }
    }
}

private enum Order {
    case start(Transfer)
    case cancel(Transfer)
    case resume(Transfer)
}

/// What callers and the thread share.
private final class Shared: Sendable {
    private struct State: @unchecked Sendable {
        var orders: [Order] = []
        var isRunning = false
        var isClosed = false
        /// Lent by the thread while it waits for orders.
        var bell: UnsafeMutableRawPointer?

        mutating func take() -> (orders: [Order], isClosed: Bool) {
            if isClosed { return ([], true) }
            defer { orders = [] }
            return (orders, false)
        }

        /// The thread ends: nobody wakes it any more. What it did not begin is handed back.
        mutating func end() -> [Order] {
            defer { (orders, bell, isRunning) = ([], nil, false) }
            return orders
        }

        mutating func endIfIdle() -> Bool {
            guard orders.isEmpty else { return false }
            _ = end()
            return true
        }
    }
    private let state = Mutex(State())
    private let perHost: Int
    private let total: Int
    /// How long the thread and its kept connections outlive the last transfer.
    private static let linger: Duration = .seconds(60)
    /// Between two looks at whether transfers keep their pace.
    private static let tick: Duration = .milliseconds(200)

    init(perHost: Int, total: Int) {
        self.perHost = perHost
        self.total = total
    }

    /// True if the caller has to start the thread.
    func add(_ order: Order) -> Bool {
        state.withLock { state in
            state.orders.append(order)
            if let bell = state.bell { MultiHandle.wake(bell) }
            defer { state.isRunning = true }
            return !state.isRunning
        }
    }

    func close() {
        state.withLock { state in
            state.isClosed = true
            if let bell = state.bell { MultiHandle.wake(bell) }
        }
    }

    func run() {
        // TLS writes to connections that the other end has closed.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        guard let multi = MultiHandle(perHost: perHost, total: total) else {
            for case .start(let transfer) in state.withLock({ $0.end() }) { transfer.finish(.unreachable("no memory for a transfer")) }
            return
        }
        let bell = multi.bell
        state.withLock { [lent = Lent(bell)] in $0.bell = lent.bell }
        var running: [UnsafeMutableRawPointer: Transfer] = [:]
        var last = ContinuousClock.now
        var checked = last
        while true {
            let (orders, isClosed) = state.withLock { $0.take() }
            if isClosed { break }
            for order in orders { perform(order, multi, &running) }
            multi.perform { identity, code in
                guard let transfer = running.removeValue(forKey: identity) else { return }
                let failure = transfer.failure(code)
                multi.remove(transfer)
                transfer.finish(failure)
            }
            let now = ContinuousClock.now
            if now - checked >= Self.tick {
                checked = now
                for (identity, transfer) in running {
                    guard let failure = transfer.check(at: now) else { continue }
                    running[identity] = nil
                    multi.remove(transfer)
                    transfer.finish(failure)
                }
            }
            if !running.isEmpty || !orders.isEmpty { last = now }
            if now - last >= Self.linger, state.withLock({ $0.endIfIdle() }) { return }
            multi.wait(milliseconds: Int32((running.isEmpty ? Self.linger : Self.tick).milliseconds))
        }
        for transfer in running.values {
            multi.remove(transfer)
            transfer.finish(.cancelled)
        }
        for case .start(let transfer) in state.withLock({ $0.end() }) { transfer.finish(.cancelled) }
    }

    private func perform(_ order: Order, _ multi: borrowing MultiHandle, _ running: inout [UnsafeMutableRawPointer: Transfer]) {
        switch order {
        case .start(let transfer):
            guard !transfer.isCancelled else { return transfer.finish(.cancelled) }
            transfer.begin(at: .now)
            guard multi.add(transfer) else { return transfer.finish(.unreachable("no memory for a transfer")) }
            running[transfer.handle.identity] = transfer
        case .cancel(let transfer):
            guard running.removeValue(forKey: transfer.handle.identity) != nil else { return }
            multi.remove(transfer)
            transfer.finish(.cancelled)
        case .resume(let transfer):
            if running[transfer.handle.identity] != nil { transfer.handle.resume() }
        }
    }
}

/// A pointer on its way into the lock.
private struct Lent: @unchecked Sendable {
    let bell: UnsafeMutableRawPointer
    init(_ bell: UnsafeMutableRawPointer) { self.bell = bell }
}
