import Glibc
import Kernel
import Logging
import Manifest
import Synchronization
import Wire

/// Makes of manifests what is served.
struct HandlerLoader: Sendable {
    let settings: HostSettings
    let launch: HandlerLaunch
    let describer: Describer
    let greetings: Greetings
    let convictions: ConvictionStore
    let time: TimeSource
    let logger: Logger
    /// When to look whether handlers have changed.
    let looks = Looks()

    init(
        settings: HostSettings, launch: HandlerLaunch, describer: Describer, greetings: Greetings, convictions: ConvictionStore, time: TimeSource,
        logger: Logger
    ) {
        self.settings = settings
        self.launch = launch
        self.describer = describer
        self.greetings = greetings
        self.convictions = convictions
        self.time = time
        self.logger = logger
    }

    /// A handler whose program has said what it serves; nothing of it runs yet.
    ///
    /// The program's place is resolved, so that this version goes on with its own file when a link above it is put elsewhere.
    func load(_ manifest: Manifest) async throws(AppError) -> ServedHandler {
        let manifest = manifest.resolved(beside: launch.programs)
        let secrets = greetings.mark(of: manifest)
        try greetings.prepare(manifest)
        let pool = HandlerPool(manifest: manifest, secrets: secrets, launch: launch, time: time, logger: logger) { [looks] in looks.ask() }
        let description = try Describer.read(try await describer.describe(manifest), of: manifest.name)
        let handler = try ServedHandler(description, pool: pool, time: time)
        try handler.checkHooks()
        try handler.checkTimers()
        handler.restore((try? convictions.all()) ?? [], now: time.now())
        return handler
    }

    /// Puts handlers together. Throws where two routes collide, or one calls what is not there.
    func serving(_ handlers: [ServedHandler]) throws(AppError) -> Serving {
        let serving = try Serving(handlers)
        try RouteTable.check(handlers.map { ($0.pool.manifest, $0.description) })
        return serving
    }
}

/// Asks for looks; several that come together are one.
final class Looks: Sendable {
    let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation
    private let again = Atomic(false)

    init() { (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    /// `again`: also at what failed before.
    func ask(again: Bool = false) {
        if again { self.again.store(true, ordering: .relaxed) }
        continuation.yield()
    }

    /// Whether that was asked since it was last taken.
    func takeAgain() -> Bool { again.exchange(false, ordering: .relaxed) }
}

extension Manifest {
    /// The same with the places of its folder and its program resolved, links and all.
    func resolved(beside: String) -> Manifest {
        var resolved = self
        if let place = Self.place(of: programPath(beside: beside)) { resolved.program = place }
        if let place = Self.place(of: folder) { resolved.folder = place }
        return resolved
    }

    private static func place(of path: String) -> String? {
        guard let place = realpath(path, nil) else { return nil }
        defer { free(place) }
        return String(cString: place)
    }
}
