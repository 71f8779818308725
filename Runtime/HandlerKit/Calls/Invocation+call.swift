/// Calls of routes of other handlers: in the name of the same tenant and user, within what is left of the deadline, behind the target's own access rule.
///
/// ```swift
/// let business: Business = try await invocation.call("GET /businesses/{business_id}", ["business_id": id.description])
/// ```
///
/// The route is written as the manifest's `calls` names it, without the prefix `/api/v1`; one that does not stand there is `FORBIDDEN`. An error comes
/// back as the ``AppError`` of the same code: uncaught, it is this invocation's answer. Calls may run in parallel: 16 at once, more wait for their
/// turn. Handlers call each other at most four deep, then `LOOP_DETECTED`. Bodies of calls and answers hold at most 512 KB; a stream is gathered up to
/// that, a subscription cannot be called.
///
/// Not inside an interactive transaction or a streamed result, which would hold locks and a connection meanwhile.
/// Where the request has an `Idempotency-Key`, each call carries one made of it and the call's number: a repeated request that makes the same calls in
/// the same order has the effects of one.
extension Invocation {
    /// Calls a route without a body; its answer is JSON. Throws ``AppError``, and `CancellationError` where nobody waits any more.
    public func call<Output: Decodable & Sendable>(
        _ route: String, _ parameters: KeyValuePairs<String, String> = [:], query: KeyValuePairs<String, String> = [:],
        as type: Output.Type = Output.self
    ) async throws -> Output {
        try await answer(of: route, parameters, query: query).decode(type)
    }

    /// Calls a route with an input as its JSON body; its answer is JSON. Throws ``AppError``, and `CancellationError` where nobody waits any more.
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
