import Kernel
import Logging
import Manifest
import Reactor
import ServiceLifecycle
import Tokens
import UnixSignals

/// Sees that handlers change, and brings the new versions under traffic: looks once a second and on SIGHUP.
struct ReloadService: Service {
    let gateway: Gateway
    let loader: HandlerLoader
    let database: HostDatabase

    /// How often it looks.
    static let look: Duration = .seconds(1)
    private let pool = BlockingPool(threads: 1, name: "reload")

    init(gateway: Gateway, loader: HandlerLoader, database: HostDatabase) {
        self.gateway = gateway
        self.loader = loader
        self.database = database
    }

    func run() async throws {
        guard let read = gateway.settings.readHandlers else {
            try? await gracefulShutdown()
            return
        }
        let looks = loader.looks
        await withDiscardingTaskGroup { group in
            group.addTask {
                while await pause(for: Self.look) { looks.ask() }
            }
            group.addTask {
                for await _ in await UnixSignalsSequence(trapping: .sighup) { looks.ask(again: true) }
            }
            group.addTask {
                var reload = Reload(gateway: gateway, loader: loader, database: database)
                for await _ in looks.stream {
                    if looks.takeAgain() { reload.forgetFailures() }
                    do {
                        let (manifests, sights) = try await pool.run { [programs = loader.launch.programs, greetings = loader.greetings] in
                            let manifests = try read()
                            return (manifests, manifests.map { HandlerSight($0, beside: programs, secrets: greetings.mark(of: $0)) })
                        }
                        await reload.bring(manifests, sights)
                    } catch { reload.note(error) }
                }
            }
            try? await gracefulShutdown()
            group.cancelAll()
        }
    }
}

/// By what one version of a handler is told from another: other secrets are another version, too.
struct HandlerSight: Sendable, Hashable {
    let manifest: Manifest
    let program: String?
    let secrets: Digest?

    /// Blocks for some microseconds.
    init(_ manifest: Manifest, beside: String, secrets: Digest?) {
        self.manifest = manifest.resolved(beside: beside)
        program = File.identity(of: self.manifest.program)
        self.secrets = secrets
    }

    init(_ handler: ServedHandler) {
        manifest = handler.pool.manifest
        program = handler.pool.program
        secrets = handler.pool.secrets
    }
}

/// What is served beside what should be.
private struct Reload {
    let gateway: Gateway
    let loader: HandlerLoader
    let database: HostDatabase
    /// Versions that could not be brought; they are not tried again until something changes.
    private var failed: Set<HandlerSight> = []
    private var noted = ""

    init(gateway: Gateway, loader: HandlerLoader, database: HostDatabase) {
        self.gateway = gateway
        self.loader = loader
        self.database = database
    }

    mutating func forgetFailures() {
        failed = []
        noted = ""
    }

    /// A fault that is not one version's is said once, not each second.
    mutating func note(_ error: any Error) {
        let text = String(reflecting: error)
        if text != noted { gateway.logger.error("the handlers could not be looked at; those that run go on", metadata: .keys([.error: "\(text)"])) }
        noted = text
    }

    /// Serves the handlers of these manifests. A version that does not work leaves the one before it in its place.
    mutating func bring(_ manifests: [Manifest], _ sights: [HandlerSight]) async {
        noted = ""
        let served = gateway.fleet.serving.handlers
        var handlers: [ServedHandler] = []
        var changed: [ServedHandler] = []
        for (manifest, sight) in zip(manifests, sights) {
            let old = served.first { $0.name == manifest.name }
            if let old, HandlerSight(old) == sight || failed.contains(sight) {
                handlers.append(old)
            } else if !failed.contains(sight) {
                do {
                    let handler = try await start(manifest)
                    handlers.append(handler)
                    changed.append(handler)
                } catch {
                    failed.insert(sight)
                    if let old { handlers.append(old) }
                    log(error, manifest, isServed: old != nil)
                }
            }
        }
        let gone = served.filter { old in !handlers.contains { $0.name == old.name } }
        guard !changed.isEmpty || !gone.isEmpty else { return }
        do throws(AppError) {
            let budget = ConnectionBudget(host: gateway.settings.connections, handlers: handlers.map(\.pool.manifest))
            try budget.check(limit: try await database.connectionLimit())
            gateway.fleet.swap(to: try loader.serving(handlers))
            loader.greetings.keep(gateway.fleet.pools.map(\.manifest))
            for handler in changed {
                gateway.logger.notice(
                    "another version of a handler is served",
                    metadata: .keys([.handler: "\(handler.name)", .path: "\(handler.pool.manifest.program)"]))
            }
            for handler in gone { gateway.logger.notice("a handler is not served any more", metadata: .keys([.handler: "\(handler.name)"])) }
        } catch {
            failed.formUnion(changed.map { HandlerSight($0) })
            for handler in changed { log(error, handler.pool.manifest, isServed: served.contains { $0.name == handler.name }) }
            if changed.isEmpty { note(error) }
        }
    }

    /// Starts a version beside the one that is served, and waits until a process of it can take calls.
    private func start(_ manifest: Manifest) async throws -> ServedHandler {
        try loader.greetings.refresh()
        let handler = try await loader.load(manifest)
        gateway.fleet.add(handler.pool)
        let process = try await handler.pool.lease(for: nil, deadline: .after(.seconds(10), from: gateway.time.instant())) { _ in }
        handler.pool.giveBack(process)
        return handler
    }

    private func log(_ error: any Error, _ manifest: Manifest, isServed: Bool) {
        gateway.logger.error(
            isServed ? "another version of a handler does not work; the one before stays" : "a new handler does not work and is not served",
            metadata: .keys([.handler: "\(manifest.name)", .path: "\(manifest.program)", .error: "\(String(reflecting: error))"]))
    }
}
