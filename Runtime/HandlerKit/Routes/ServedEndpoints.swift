import Wire

/// What a handler serves, checked and ready to run.
struct ServedEndpoints {
    let description: HandlerDescription
    /// In the description's order.
    let routes: [Endpoint]
    let feeds: [String: Endpoint]

    /// Throws `INTERNAL_ERROR` naming the route or feed that cannot be served.
    init(_ handler: some Handler) throws(AppError) {
        var routes: [Endpoint] = []
        var seen: Set<String> = []
        for route in handler.routes {
            let endpoint = try route.endpoint.get()
            // Two paths that differ only in the names of their parameters match the same requests.
            let shape = endpoint.description.path.split(separator: "/").map { $0.first == "{" ? "{}" : $0 }.joined(separator: "/")
            guard seen.insert("\(endpoint.description.method) \(shape)").inserted else {
                throw AppError(.internalError, detail: "\(endpoint.description.method) \(endpoint.description.path) is served twice")
            }
            routes.append(endpoint)
        }
        var feeds: [String: Endpoint] = [:]
        for feed in handler.feeds {
            guard feeds.updateValue(Endpoint(feed), forKey: feed.channel) == nil else {
                throw AppError(.internalError, detail: "the feed \(feed.channel) is declared twice")
            }
        }
        self.routes = routes
        self.feeds = feeds
        description = HandlerDescription(
            routes: routes.map(\.description), feeds: handler.feeds.map { .init(channel: $0.channel, scope: $0.scope) })
    }

    /// What an invocation asks for; nil where the handler has no such thing.
    func endpoint(of head: InvocationHead) -> Endpoint? {
        switch head.target {
        case .route(let index): Int(index) < routes.count ? routes[Int(index)] : nil
        case .page(let channel, _, _): feeds[channel]
        }
    }
}
