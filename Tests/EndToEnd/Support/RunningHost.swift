import Glibc
import Kernel
import Manifest
import Postgres
import Tenants
import TestSupport
import Tokens

/// `tenantry run` over the test's database, on a port of its own.
final class RunningHost: Sendable {
    let port: Int
    let home: String
    let program: ChildProgram
    private let signer: JWTSigner

    /// Signs the tokens of all tests; made once, since that takes a moment.
    static let key: Result<RSAKey, AppError> = Result { () throws(AppError) in try RSAKey.generate() }
    /// Stands by in every test's installation.
    private static let standby: Result<RSAKey, AppError> = Result { () throws(AppError) in try RSAKey.generate() }

    /// What one run is told beside its database.
    struct Options: Sendable {
        /// Folders of handlers' folders; the product's own and the one for tests, unless given.
        var handlers: [String]?
        var environment: [String: String] = [:]
    }

    /// Starts it, runs a body, stops it with SIGKILL if the body has not.
    static func run<R: Sendable>(_ options: Options = Options(), _ body: (RunningHost) async throws -> R) async throws -> R {
        let host = try await start(options)
        do {
            let result = try await body(host)
            host.program.signal(SIGKILL)
            _ = try await Blocking.run { host.program.end() }
            return result
        } catch {
            host.program.signal(SIGKILL)
            _ = try await Blocking.run { host.program.end() }
            throw AppError(.internalError, "\(error)\n--- the host printed:\n\(host.program.printed.suffix(4000))")
        }
    }

    static func start(_ options: Options = Options()) async throws -> RunningHost {
        let database = try TestDatabase.current
        return try await start(environment: try await Blocking.run { try Self.environment(database, options) })
    }

    /// Starts it in an environment that says all.
    static func start(environment: [String: String]) async throws -> RunningHost {
        try await Blocking.run {
            let program = try ChildProgram("tenantry", ["run"], environment: environment)
            guard let line = program.line(containing: "listening on "), let port = line.split(separator: ":").last.flatMap({ Int($0) }) else {
                throw AppError(.internalError, "the host did not start (exit \(program.end())):\n\(program.printed)")
            }
            return try RunningHost(port: port, home: environment["TENANTRY_HOME"] ?? "", program: program)
        }
    }

    /// The environment of a program that works on a test's database. Blocks.
    static func environment(_ database: TestDatabase, _ options: Options = Options()) throws -> [String: String] {
        let home = "\(database.home)/\(database.name)"
        try File.makeFolder("\(home)/credentials")
        try File.write(try File.read("\(database.home)/credentials/host.json"), to: "\(home)/credentials/host.json")
        try writeKey(home)
        let server = database.superuser
        var url = "postgres://\(server.user)"
        if let password = server.password { url += ":\(password)" }
        url += "@/\(server.database)?host=\(server.host)&port=\(server.port)"
        var environment = [
            "TENANTRY_DATABASE_URL": url, "TENANTRY_HOME": home, "TENANTRY_ROLE_PREFIX": database.prefix.description,
            "TENANTRY_ADDRESS": "127.0.0.1:0", "TENANTRY_HANDLERS": try (options.handlers ?? [handlersFolder(home)]).joined(separator: ":"),
            "TENANTRY_SCHEMA": TestSchema.migrations, "SWIFT_BACKTRACE": "enable=no",
            // Tests call as fast as they can, and wrongly on purpose; those of admission set their own.
            "TENANTRY_RATE_ADDRESS": "off", "TENANTRY_RATE_USER": "off", "TENANTRY_RATE_TENANT": "off", "TENANTRY_SUSPICION": "off",
            // What is quick elsewhere may look heavy among many suites at once.
            "TENANTRY_HEAVY_CALLS": "off",
        ]
        if let path = getenv("LD_LIBRARY_PATH") { environment["LD_LIBRARY_PATH"] = String(cString: path) }
        environment.merge(options.environment) { _, new in new }
        return environment
    }

    /// Puts the key that signs all tests' tokens into an installation's folder, unless it has keys.
    static func writeKey(_ home: String) throws {
        if File.exists("\(home)/keys/jwt.json") || File.exists("\(home)/keys/jwt.pem") { return }
        try File.makeFolder("\(home)/keys")
        let now = TimeSource.system.now()
        // Made long ago, so that the next rotation takes effect at once.
        let standby = JWTKeyRing.Key(try standby.get(), at: now - JWTKeyRing.announcement)
        try File.write(JSON.encode(JWTKeyRing(signing: .init(try key.get(), at: now), standby: standby, at: now)), to: "\(home)/keys/jwt.json")
    }

    /// A folder with all handlers of the test's schema in it, as links.
    static func handlersFolder(_ home: String) throws -> String {
        let folder = "\(home)/handlers"
        try File.makeFolder(folder)
        for manifest in try TestSchema.manifests() where !File.exists("\(folder)/\(manifest.name)") {
            symlink(manifest.folder, "\(folder)/\(manifest.name)")
        }
        return folder
    }

    init(port: Int, home: String, program: ChildProgram) throws {
        self.port = port
        self.home = home
        self.program = program
        signer = JWTSigner(try Self.key.get())
    }

    /// An access token.
    func token(
        _ member: Member, issuedAt: Timestamp = TimeSource.system.now(), lifetime: Duration = AccessClaims.lifetime, epoch: Int = 1,
        session: UUID? = nil, scopes: [Scope] = []
    ) throws -> String {
        try signer.sign(
            AccessClaims(
                user: member.user, tenant: member.tenant, role: member.role, epoch: epoch, id: .zero, session: session, scopes: scopes,
                issuedAt: issuedAt, lifetime: lifetime))
    }

    /// A token with any claims, signed by the installation's key.
    func sign(_ claims: JSONObject) throws -> String { try signer.sign(claims) }
}
