import Kernel
import Manifest
import NIOCore
import Synchronization

/// The gates of all handlers, by their names: a new version of a handler goes on with the shares of the one before.
final class FairGates: Sendable {
    private let settings: AdmissionSettings
    private let time: TimeSource
    private let gates = Mutex<[String: FairGate]>([:])

    init(_ settings: AdmissionSettings, time: TimeSource) {
        self.settings = settings
        self.time = time
    }

    /// The gate before a handler's processes.
    func gate(before handler: ServedHandler) -> FairGate {
        gates.withLock { gates in
            if let gate = gates[handler.name] { return gate }
            let manifest = handler.pool.manifest
            var limits = FairQueue.Limits()
            limits.slots = (manifest.isolation == .invocation ? 1 : manifest.concurrency) * max(1, manifest.instances.upperBound)
            limits.connections = manifest.connections
            limits.cores = max(1, System.coreCount)
            limits.heavyBeside = settings.heavyCalls ?? max(1, limits.cores / 2)
            limits.waitingPerFlow = settings.queuePerTenant
            limits.waiting = settings.queueTotal
            let gate = FairGate(limits, connectionsEach: manifest.connections, longestWait: settings.queueWait, time: time)
            gates[handler.name] = gate
            return gate
        }
    }

    /// Time passes. The processes that run are those of all versions.
    func tick(_ pools: [HandlerPool]) {
        for (name, gate) in gates.withLock({ $0 }) {
            gate.tick(processes: pools.reduce(0) { $1.manifest.name == name ? $0 + $1.figures.ready : $0 })
        }
    }
}

extension Gateway {
    /// Waits for the turn of a call among all that want the same handler. A call of nobody in particular takes turns with others of its address.
    func turn(
        at handler: ServedHandler, _ route: Int, _ principal: Principal?, _ deadline: Deadline, _ call: Call
    ) async throws(AppError) -> FairPermit {
        let connection = call.connection
        return try await gates.gate(before: handler).enter(
            principal.map { FlowKey($0.party) } ?? FlowKey(call.client), weight: principal?.weight ?? Membership.ordinaryWeight, route: route,
            deadline: deadline
        ) { stop in connection.onGone = stop }
    }
}
