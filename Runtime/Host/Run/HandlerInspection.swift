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
        /// JSON Schema of the parameters' and the body's members; nil where there are none.
        public let inputSchema: JSONValue?

        enum CodingKeys: String, CodingKey {
            case method, path, summary, access, scope, writes, body
            case bodyLimit = "body_limit"
            case inputSchema = "input_schema"
        }
    }

    public let name: String
    public let program: String
    public let routes: [Route]
    /// Channels to listen to.
    public let feeds: [String]
    /// What stands around its processes.
    public let sandbox: SandboxReport

    /// Starts the program of a manifest and asks it. `programs` is the folder of programs that are named without one; `database` is the URL of the
    /// database that its processes would use, where it is known.
    ///
    /// Throws where the program is missing, ends early, or describes what this runtime cannot serve.
    public init(_ manifest: Manifest, programs: String, sandbox mode: SandboxMode, database: String?) async throws(AppError) {
        let loops = Loops(count: 1)
        let place = try database.map { url throws(AppError) in DatabasePlace(try Host.configuration(url)) } ?? .none
        let sandbox = try await Sandbox(mode, programs: programs, database: place)
        let secrets = try Self.secrets(manifest)
        // Nothing asks this database while a program only says what it serves.
        let greeting = Start(
            handler: manifest.name, databaseURL: "postgres://nobody@localhost/none", connections: UInt16(manifest.connections),
            concurrency: UInt16(manifest.concurrency), secrets: secrets, logLevel: "notice")
        let launch = HandlerLaunch(loops: loops, programs: programs, sandbox: sandbox, parks: false) { _ in greeting }
        let describer = Describer(launch: launch, cache: nil, logger: Logger(label: "tenantry.handler"))
        let description = try Describer.read(try await describer.describe(manifest), of: manifest.name)
        for route in description.routes { _ = try AccessRule(route.access) }
        _ = try RouteTable.build([(manifest.name, description)])
        name = manifest.name
        program = manifest.program
        routes = try description.routes.map { route throws(AppError) in
            Route(
                method: route.method, path: route.path, summary: route.summary, access: route.access.kind.rawValue,
                scope: route.access.scope.isEmpty ? nil : route.access.scope, writes: route.writes, body: route.body.rawValue,
                bodyLimit: route.bodyLimit, inputSchema: route.inputSchema.isEmpty ? nil : try JSON.read(Array(route.inputSchema.utf8)))
        }
        feeds = description.feeds.map(\.channel)
        self.sandbox = sandbox.plan.report(manifest)
        do { try await loops.group.shutdownGracefully() } catch { throw AppError(.internalError, detail: "\(error)") }
    }
}

extension HandlerInspection {
    /// Secrets of the right form that are nobody's: the program only says what it serves.
    private static func secrets(_ manifest: Manifest) throws(AppError) -> [Start.Secret] {
        let master = MasterSecret(at: Timestamp(seconds: 0))
        var secrets: [Start.Secret] = []
        for name in manifest.secrets {
            switch SecretName(rawValue: name) {
            case .signingKeys:
                secrets.append(Start.Secret(name: name, value: try JSON.encode(JWTKeyRing(.hs256, at: Timestamp(seconds: 0)))))
            case let known?: secrets.append(Start.Secret(name: name, value: try master.ring(of: known, at: Timestamp(seconds: 0)).encoded))
            case nil: throw AppError(.validation, "\(manifest.folder)/\(Manifest.fileName): no secret is called `\(name)`")
            }
        }
        return secrets
    }

    /// Throws `CONFLICT` where two of them, or one and the gateway, answer one request.
    public static func check(together handlers: [HandlerInspection]) throws(AppError) {
        _ = try RouteTable.build(
            handlers.map { handler in
                let routes = handler.routes.map { route in
                    HandlerDescription.Route(
                        method: route.method, path: route.path, summary: "", access: .init(kind: .anonymous, scope: ""), writes: route.writes,
                        body: .none, bodyLimit: 0, status: 200, inputSchema: "", outputSchema: "")
                }
                return (name: handler.name, description: HandlerDescription(routes: routes, feeds: []))
            })
    }
}
