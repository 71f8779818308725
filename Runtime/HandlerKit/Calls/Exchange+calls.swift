import Reactor
import Wire

extension Exchange {
    /// Calls a route of another handler through the gateway, and waits for its answer, an error's included.
    func call(_ route: CalledRoute, _ body: [UInt8]) async throws -> NestedAnswer {
        guard isOnLoop else {
            return try await withTaskExecutorPreference(meter) { try await self.call(route, body) }
        }
        guard !isInteractive else {
            throw AppError(
                .internalError, detail: "\(route.method) \(route.path) is called inside an open transaction, which would hold its locks meanwhile")
        }
        guard machine.cancelled == nil else { throw CancellationError() }
        try Task.checkCancellation()
        guard machine.stage != .over else { throw AppError(.internalError, detail: "\(route.method) \(route.path) is called after the answer's end") }
        guard body.count <= NestedCall.maximumBody else {
            throw AppError(
                .internalError, detail: "the call of \(route.method) \(route.path) has a body of \(body.count) bytes, above \(NestedCall.maximumBody)"
            )
        }
        if let player { return try player.call(Trace.Question(route, body)) }
        do {
            let answer = try await perform(route, body)
            recorder?.called(route, body, answer)
            return answer
        } catch {
            recorder?.called(route, body, failed: error)
            throw error
        }
    }

    private func perform(_ route: CalledRoute, _ body: [UInt8]) async throws -> NestedAnswer {
        try await perform(calls.begin(route, body))
    }

    /// Asks the gateway itself for a tenant's data keys. What it answers is not recorded.
    func call(keysOf tenant: TenantID) async throws -> CallAnswer {
        guard isOnLoop else {
            return try await withTaskExecutorPreference(meter) { try await self.call(keysOf: tenant) }
        }
        guard player == nil else { throw AppError(.internalError, detail: "a replay has no data keys") }
        try Task.checkCancellation()
        let route = CalledRoute(keysOf: tenant)
        return try CallAnswer(try await perform(route, []), of: route)
    }

    private func perform(_ begun: (call: NestedCall, leaves: Bool)) async throws -> NestedAnswer {
        let (call, leaves) = begun
        if leaves { send(.call(stream, call)) }
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<NestedAnswer, any Error>) in
                if Task.isCancelled {
                    calls.abandon(call.number)
                    continuation.resume(throwing: CancellationError())
                } else {
                    callers[call.number] = continuation
                }
            }
        } onCancel: {
            services.reactor.execute { self.abandonCall(call.number) }
        }
    }

    /// The gateway brings an answer.
    func called(_ answer: NestedAnswer) throws(WireError) {
        if let next = try calls.answered(answer.number) { send(.call(stream, next)) }
        callers.removeValue(forKey: answer.number)?.resume(returning: answer)
    }

    private func abandonCall(_ number: UInt32) {
        calls.abandon(number)
        callers.removeValue(forKey: number)?.resume(throwing: CancellationError())
    }
}
