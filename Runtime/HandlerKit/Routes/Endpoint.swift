import Wire

/// What an invocation runs: a route, or the reading side of a feed. Shared by all invocations of it.
final class Endpoint: Sendable {
    /// All but the schemas.
    let description: HandlerDescription.Route
    /// The names of the path's parameters, in the path's order.
    let parameters: [String]
    /// JSON Schema of input and output as text, empty where there is none; throws where a type does not say what it reads.
    let schemas: @Sendable () throws(AppError) -> (input: String, output: String)
    let work: @Sendable (Exchange) async throws -> Void

    init(
        _ description: HandlerDescription.Route, parameters: [String],
        schemas: @escaping @Sendable () throws(AppError) -> (input: String, output: String) = { ("", "") },
        work: @escaping @Sendable (Exchange) async throws -> Void
    ) {
        self.description = description
        self.parameters = parameters
        self.schemas = schemas
        self.work = work
    }

    /// The description with its schemas.
    func describe() throws(AppError) -> HandlerDescription.Route {
        var whole = description
        do throws(AppError) {
            (whole.inputSchema, whole.outputSchema) = try schemas()
        } catch {
            throw AppError(.internalError, detail: "\(description.method) \(description.path): \(error.debugDescription)")
        }
        return whole
    }

    /// Whether invocations of it may reach the database in such a name.
    func accepts(_ scope: InvocationHead.Scope) -> Bool {
        switch description.access.kind {
        case .anonymous: scope == .identity
        case .system: scope == .system || scope == .tenant
        case .operator, .operatorNew: scope == .operator
        case .bearer, .apiKey, .signedLink, .webhook: scope == .tenant
        }
    }
}

extension Endpoint {
    convenience init(_ feed: Feed) {
        let description = HandlerDescription.Route(
            method: "GET", path: "/feeds/\(feed.channel)", summary: "", access: .init(kind: .bearer, scope: feed.scope), writes: false, body: .none,
            bodyLimit: 0, status: 200, inputSchema: "", outputSchema: "")
        self.init(description, parameters: []) { exchange in
            guard case .page(_, let from, let limit) = exchange.head.target else {
                throw AppError(.internalError, detail: "a feed is read by a page, not by a route")
            }
            let page = try await feed.read(FeedRequest(from: from, limit: Int(limit)), Invocation(exchange: exchange))
            try exchange.deliver(page)
        }
    }
}
