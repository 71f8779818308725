import Jobs
import Kernel
import Manifest
import Tokens
import Wire

/// One handler with its routes, ready to be called.
final class ServedHandler: Sendable {
    /// What the gateway needs to know of a route for each request.
    struct Route: Sendable {
        let path: String
        /// Method and path with all parameters alike.
        let shape: String
        let rule: AccessRule
        /// Whether it changes anything: a call of one that does not may run again.
        let writes: Bool
        let body: HandlerDescription.Body
        let bodyLimit: Int
        /// Whether what came of a body is served where its client was cut off.
        let evenInPart: Bool
        /// Whether it may change what callers may do: behind such a call the directory is read again at once, not only when it tells.
        let changesRights: Bool
        /// Of a route of operators: which of the path's parameters names the tenant; nil where none does.
        let tenantPlace: Int?
        /// What a call uses of the tenant's plan.
        let quota: [QuotaMetric]
    }

    let name: String
    let timeout: Duration
    let description: HandlerDescription
    let routes: [Route]
    let pool: HandlerPool
    /// The calls that its processes looped or died with.
    let docket: Docket
    /// Whether it makes the product's cookies, and so reads them: it signs tokens.
    let makesCookies: Bool
    /// Whether it sends people to providers, and so reads the cookies of sign-ins there.
    let sendsToProviders: Bool
    /// Whose data keys it is given.
    let encryption: Manifest.Encryption
    /// Whether it may keep objects.
    let keepsObjects: Bool
    private let calls: Set<String>
    /// Where its jobs stand among its routes, by kind.
    let jobs: [String: Int]

    /// Throws `VALIDATION_ERROR` for a description that this runtime cannot serve.
    init(_ description: HandlerDescription, pool: HandlerPool, time: TimeSource = .system) throws(AppError) {
        docket = Docket(time: time)
        encryption = pool.manifest.encryption
        keepsObjects = pool.manifest.objects
        name = pool.manifest.name
        timeout = pool.manifest.timeout
        self.description = description
        self.pool = pool
        makesCookies = pool.manifest.secrets.contains(SecretName.signingKeys.rawValue)
        sendsToProviders = pool.manifest.secrets.contains(SecretName.federation.rawValue)
        calls = Set(pool.manifest.calls.map { RouteTable.shape(of: $0) })
        var routes: [Route] = []
        for route in description.routes {
            let rule = try AccessRule(route.access)
            // A handler that could name another's would be called where only that one was meant to be.
            if case .webhook(let resolver) = rule, !resolver.hasPrefix("\(pool.manifest.name)_") {
                throw AppError.invalid("access", "expected a resolver whose name begins with \(pool.manifest.name)_ at \(route.method) \(route.path)")
            }
            routes.append(
                Route(
                    path: route.path, shape: RouteTable.shape(of: route.method, route.path), rule: rule, writes: route.writes,
                    body: route.body, bodyLimit: route.bodyLimit, evenInPart: route.evenInPart == true,
                    changesRights: route.writes && rule.isAboutRights,
                    tenantPlace: rule.isForOperators ? RouteTable.place(of: "tenant_id", in: route.path) : nil,
                    quota: try Self.quota(route)))
        }
        self.routes = routes
        var jobs: [String: Int] = [:]
        for job in description.jobs ?? [] {
            let shape = RouteTable.shape(of: "POST", HandlerDescription.Job.path(of: job.kind))
            jobs[job.kind] = routes.firstIndex { $0.rule == .system && $0.shape == shape }
        }
        self.jobs = jobs
    }

    private static func quota(_ route: HandlerDescription.Route) throws(AppError) -> [QuotaMetric] {
        try (route.quota ?? []).map { name throws(AppError) in
            guard let metric = QuotaMetric(rawValue: name) else {
                let known = QuotaMetric.allCases.map(\.rawValue).joined(separator: ", ")
                throw AppError.invalid("quota", "expected one of \(known) at \(route.method) \(route.path); got `\(name.prefix(64))`")
            }
            return metric
        }
    }

    /// Nobody can call it any more: it is not in the current snapshot, and the last request that began with it is over.
    deinit { pool.stop() }

    /// Throws `VALIDATION_ERROR` where its manifest's `hooks` name what the host cannot call.
    func checkHooks() throws(AppError) {
        for path in pool.manifest.hooks.paths {
            let shape = RouteTable.shape(of: "POST", path)
            guard routes.contains(where: { $0.rule == .system && $0.shape == shape }) else {
                throw AppError.invalid(
                    "\(pool.manifest.folder)/\(Manifest.fileName)", "hooks: the program serves no `POST \(path)` with the access system")
            }
        }
    }

    /// Throws `VALIDATION_ERROR` where its manifest's `timers` name jobs that it does not run.
    func checkTimers() throws(AppError) {
        let kinds = (description.jobs ?? []).map(\.kind)
        for timer in pool.manifest.timers where !kinds.contains(timer.definition.kind) {
            throw AppError.invalid(
                "\(pool.manifest.folder)/\(Manifest.fileName)",
                "timers: \(timer.name): the program runs no job `\(timer.definition.kind)`; it runs \(kinds.isEmpty ? "none" : kinds.joined(separator: ", "))"
            )
        }
    }

    /// Whether its manifest's `calls` names a route.
    func mayCall(_ method: String, _ route: Route) -> Bool { calls.contains(route.shape) && route.shape.hasPrefix("\(method) ") }
}

extension RouteTable {
    /// Which of a path's parameters has a name; nil where none has.
    static func place(of name: String, in path: String) -> Int? {
        path.split(separator: "/").filter { $0.hasPrefix("{") }.firstIndex { $0 == "{\(name)}" }
    }

    /// All routes of all handlers and of the host. Throws where two collide, naming both handlers.
    static func build(_ handlers: [(name: String, description: HandlerDescription)]) throws(AppError) -> RouteTable {
        var table = RouteTable()
        var owners: [String: String] = [:]
        for route in HostRoute.allCases {
            for path in route.paths { try table.add("GET", path, .host(route)) }
        }
        for (index, handler) in handlers.enumerated() {
            // The host calls its own routes by their handler and place; nobody finds them here.
            for (place, route) in handler.description.routes.enumerated() where route.access.kind != .system {
                let shape = shape(of: route.method, route.path)
                do throws(AppError) {
                    try table.add(route.method, route.path, .handler(index, route: place))
                } catch {
                    throw AppError(.conflict, "the route \(route.method) \(route.path) of \(handler.name) is taken by \(owners[shape] ?? "the host")")
                }
                owners[shape] = handler.name
            }
        }
        return table
    }
}
