import Kernel
import NIOCore
import Wire

/// An exchange as a request's task sees it, also where the process's wire lives on another loop.
final class ExchangeLink: @unchecked Sendable {
    private let wire: WireConnection
    private let home: LoopExecutor
    private let isLocal: Bool
    // Touched on the wire's loop.
    private var exchange: Exchange?

    init(_ wire: WireConnection, from executor: LoopExecutor) {
        self.wire = wire
        home = executor
        isLocal = wire.executor === executor
    }

    /// Begins the call and waits for the first thing that the process says. `gone` is handed what to do when the client goes.
    func open(_ invocation: Gateway.Invocation, gone: (@escaping @Sendable () -> Void) -> Void) async -> Exchange.Event {
        gone { [self] in cancel(.clientGone) }
        if isLocal {
            let exchange = begin(invocation)
            return await exchange.next()
        }
        let event = await wire.executor.run { await begin(invocation).next() }
        await home.arrive()
        return event
    }

    /// The next thing that the process says.
    func next() async -> Exchange.Event {
        if isLocal { return await exchange?.next() ?? .end(.none) }
        let event = await wire.executor.run { await exchange?.next() ?? .end(.none) }
        await home.arrive()
        return event
    }

    /// Nobody waits any more.
    func cancel(_ reason: CancelReason) {
        if isLocal {
            exchange?.cancel(reason, AppError(.cancelled), at: .now)
        } else {
            wire.executor.loop.execute { self.exchange?.cancel(reason, AppError(.cancelled), at: .now) }
        }
    }

    private func begin(_ invocation: Gateway.Invocation) -> Exchange {
        let exchange = wire.open(
            invocation.head, deadline: invocation.deadline, grant: invocation.grant, renewAt: invocation.renewAt,
            hearsSilence: invocation.hearsSilence,
            settled: invocation.settled)
        self.exchange = exchange
        if let permit = invocation.permit { exchange.hold(permit, bytes: invocation.body.count) }
        if let rest = invocation.body.sender { exchange.send(rest) }
        return exchange
    }
}
