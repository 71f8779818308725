/// Calls of routes of other handlers from a job: in the tenant's own name, so that the target sees no user and no role.
///
/// All else is as for ``Invocation/call(_:_:query:as:)``. Each call carries an idempotency key made of the job's id and the call's number: an attempt that
/// makes the same calls in the same order as the one before has the effects of one. What a call does is done, whatever becomes of the job.
extension JobInvocation {
    /// Calls a route without a body; its answer is JSON. Throws ``AppError``, and `CancellationError` where the job is stopped.
    public func call<Output: Decodable & Sendable>(
        _ route: String, _ parameters: KeyValuePairs<String, String> = [:], query: KeyValuePairs<String, String> = [:],
        as type: Output.Type = Output.self
    ) async throws -> Output {
        try await answer(of: route, parameters, query: query).decode(type)
    }

    /// Calls a route with an input as its JSON body; its answer is JSON. Throws ``AppError``, and `CancellationError` where the job is stopped.
    public func call<Output: Decodable & Sendable>(
        _ route: String, _ parameters: KeyValuePairs<String, String> = [:], query: KeyValuePairs<String, String> = [:], input: some Encodable,
        as type: Output.Type = Output.self
    ) async throws -> Output {
        try await answer(of: route, parameters, query: query, body: try JSON.encode(input)).decode(type)
    }

    /// Calls a route and returns status and bytes as they are; `body` is JSON, empty where there is none.
    public func answer(
        of route: String, _ parameters: KeyValuePairs<String, String> = [:], query: KeyValuePairs<String, String> = [:], body: [UInt8] = []
    ) async throws -> CallAnswer {
        let called = try CalledRoute(route, parameters, query: query)
        return try CallAnswer(try await exchange.call(called, body), of: called)
    }
}
