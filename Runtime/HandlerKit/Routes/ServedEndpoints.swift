import Wire

/// What a handler serves, checked and ready to run.
struct ServedEndpoints {
    /// In the description's order.
    let routes: [Endpoint]
    let feeds: [String: Endpoint]
    private let channels: [HandlerDescription.Feed]
    private let jobs: [HandlerDescription.Job]

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
        var kinds: Set<String> = []
        for job in handler.jobs {
            guard kinds.insert(job.description.kind).inserted else {
                throw AppError(.internalError, detail: "the job \(job.description.kind) is declared twice")
            }
            routes.append(try job.endpoint.get())
        }
        var feeds: [String: Endpoint] = [:]
        for feed in handler.feeds {
            guard feeds.updateValue(Endpoint(feed), forKey: feed.channel) == nil else {
                throw AppError(.internalError, detail: "the feed \(feed.channel) is declared twice")
            }
        }
        self.routes = routes
        self.feeds = feeds
        jobs = handler.jobs.map(\.description)
        channels = handler.feeds.map { .init(channel: $0.channel, scope: $0.scope) }
    }

    /// All that the gateway must know. Throws `INTERNAL_ERROR` naming the route whose input or output does not say what it is.
    func describe() throws(AppError) -> HandlerDescription {
        var described: [HandlerDescription.Route] = []
        for route in routes { described.append(try route.describe()) }
        return HandlerDescription(routes: described, feeds: channels, jobs: jobs.isEmpty ? nil : jobs)
    }

    /// What an invocation asks for; nil where the handler has no such thing.
    func endpoint(of head: InvocationHead) -> Endpoint? {
        switch head.target {
        case .route(let index): Int(index) < routes.count ? routes[Int(index)] : nil
        case .page(let channel, _, _): feeds[channel]
        }
    }
}
