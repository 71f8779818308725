public import Kernel
import Logging
public import Manifest
import NIOCore
import Tokens
import Wire

/// What a handler's program says of itself, for people and tools. Needs no database: the program is started and asked.
public struct HandlerInspection: Sendable, Encodable {
    /// One route.
    public struct Route: Sendable, Encodable {
        public let method: String
        /// Without the prefix `/api/v1`.
        public let path: String
        public let summary: String
        /// How callers prove who they are, for example `bearer`.
        public let access: String
        /// What they must be allowed; nil where nothing is asked.
        public let scope: String?
        public let writes: Bool
        /// What is read of the body: `none`, `json` or `bytes`.
        public let body: String
        /// The largest body, in bytes.
        public let bodyLimit: Int

        enum CodingKeys: String, CodingKey {
            case method, path, summary, access, scope, writes, body
            case bodyLimit = "body_limit"
        }
    }

    public let name: String
    public let program: String
    public let routes: [Route]
    /// Channels to listen to.
    public let feeds: [String]

    /// Starts the program of a manifest and asks it. `programs` is the folder of programs that are named without one.
    ///
    /// Throws where the program is missing, ends early, or describes what this runtime cannot serve.
    public init(_ manifest: Manifest, programs: String) async throws(AppError) {
        let loops = Loops(count: 1)
        let key = manifest.secrets.isEmpty ? nil : try RSAKey.generate()
        let secrets = manifest.secrets.map { Start.Secret(name: $0, value: Array(key?.privatePEM.utf8 ?? "".utf8)) }
        // Nothing asks this database while a program only says what it serves.
        let greeting = Start(
            handler: manifest.name, databaseURL: "postgres://nobody@localhost/none", connections: UInt16(manifest.connections),
            concurrency: UInt16(manifest.concurrency), secrets: secrets, logLevel: "notice")
        let launch = HandlerLaunch(loops: loops, programs: programs) { _ in greeting }
        let describer = Describer(launch: launch, cache: nil, logger: Logger(label: "tenantry.handler"))
        let description = try Describer.read(try await describer.describe(manifest), of: manifest.name)
        for route in description.routes { _ = try AccessRule(route.access) }
        _ = try RouteTable.build([(manifest.name, description)])
        name = manifest.name
        program = manifest.program
        routes = description.routes.map {
            Route(
                method: $0.method, path: $0.path, summary: $0.summary, access: $0.access.kind.rawValue,
                scope: $0.access.scope.isEmpty ? nil : $0.access.scope, writes: $0.writes, body: $0.body.rawValue, bodyLimit: $0.bodyLimit)
        }
        feeds = description.feeds.map(\.channel)
        do { try await loops.group.shutdownGracefully() } catch { throw AppError(.internalError, detail: "\(error)") }
    }
}
