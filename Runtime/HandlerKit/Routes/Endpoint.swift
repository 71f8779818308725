import Wire

/// What an invocation runs: a route, or the reading side of a feed. Shared by all invocations of it.
final class Endpoint: Sendable {
    let description: HandlerDescription.Route
    /// The names of the path's parameters, in the path's order.
    let parameters: [String]
    let work: @Sendable (Exchange) async throws -> Void

    init(_ description: HandlerDescription.Route, parameters: [String], work: @escaping @Sendable (Exchange) async throws -> Void) {
        self.description = description
        self.parameters = parameters
        self.work = work
    }

    /// In whose name invocations of it reach the database.
    var scope: InvocationHead.Scope { description.access.kind == .anonymous ? .identity : .tenant }
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
