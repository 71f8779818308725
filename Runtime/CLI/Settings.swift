import Addresses
import Configuration
import Host
import Kernel
import Manifest
import Objects
import Tenants
import Tokens

#if canImport(Glibc)
    import Glibc
#endif

/// What the environment says of this installation. The one place that reads it.
struct Settings {
    /// The database with the installer's sign-in, which `run` does without; nil where it is not set.
    private(set) var databaseURL: String?
    /// The folder of keys, credentials and scratch files.
    let home: String
    let prefix: RolePrefix
    /// Where the gateway listens.
    let host: String
    let port: Int
    /// Folders of handlers, or folders of such folders.
    let handlers: [String]
    /// The shared migrations.
    let schema: String
    /// Ids of lint findings that the operator accepts.
    let accepted: String
    /// The least severe level that is logged.
    let logLevel: String
    /// Whether each request leaves a line in the log.
    let logsRequests: Bool
    /// The longest that running requests may take after SIGTERM.
    let shutdownTime: Duration
    /// Jobs that a gateway runs at once.
    let jobsAtOnce: Int
    /// How often audit logs are sealed.
    let sealInterval: Duration
    /// Certificate and key; nil: no TLS.
    let tls: TLSFiles?
    /// Whether clients without TLS may speak HTTP/2.
    let clearHTTP2: Bool
    /// Open connections of one client address.
    let connectionsPerAddress: Int
    /// The operating system's walls around handlers' processes.
    let sandbox: SandboxMode
    /// What new keys of access tokens are for.
    let tokenAlgorithm: JWSAlgorithm
    /// The program that holds the master key of tenants' data keys; nil: it is derived from the master secret.
    let masterKeyCommand: MasterKeyCommand?
    /// Event loops of the gateway; nil: chosen by the number of cores.
    let loops: Int?
    /// Who may call how often, from where, and under which names.
    let admission: AdmissionSettings
    /// Where handlers' objects lie.
    let objects: ObjectsPlace
    /// Mail, and what lies beyond this machine.
    let outside: OutsideSettings

    /// Reads and checks the environment; an address given in the command's arguments wins. Throws `VALIDATION_ERROR` that names the variable.
    init(address: String? = nil) throws {
        let reader = ConfigReader(provider: EnvironmentVariablesProvider()).scoped(to: "tenantry")
        databaseURL = reader.string(forKey: "database.url", isSecret: true)
        home = reader.string(forKey: "home", default: ".tenantry")
        let prefix = reader.string(forKey: "role.prefix", default: RolePrefix.standard.description)
        guard let prefix = RolePrefix(prefix) else {
            throw AppError.invalid("TENANTRY_ROLE_PREFIX", "expected lower-case letters, digits and _, a letter first, at most 30; got \(prefix)")
        }
        self.prefix = prefix
        let address = address ?? reader.string(forKey: "address", default: "127.0.0.1:8080")
        guard let colon = address.lastIndex(of: ":"), let port = Int(address[address.index(after: colon)...]), (0...65_535).contains(port) else {
            throw AppError.invalid("TENANTRY_ADDRESS", "expected host:port such as 127.0.0.1:8080; got \(address)")
        }
        host = address[..<colon].filter { $0 != "[" && $0 != "]" }
        self.port = port
        handlers = reader.string(forKey: "handlers", default: "Handlers").split(separator: ":").map(String.init)
        schema = reader.string(forKey: "schema", default: "Tenants/Schema/Migrations")
        accepted = reader.string(forKey: "accept", default: "")
        logLevel = reader.string(forKey: "log.level", default: "notice")
        let logsRequests = reader.string(forKey: "log.requests", default: "false")
        guard let flag = Bool(logsRequests) else { throw AppError.invalid("TENANTRY_LOG_REQUESTS", "expected true or false; got \(logsRequests)") }
        self.logsRequests = flag
        let shutdownTime = reader.string(forKey: "shutdown.time", default: "20s")
        guard let time = Quantity.duration(shutdownTime), time <= .seconds(600) else {
            throw AppError.invalid("TENANTRY_SHUTDOWN_TIME", "expected a duration such as 20s, at most 10m; got \(shutdownTime)")
        }
        self.shutdownTime = time
        let sealInterval = reader.string(forKey: "audit.seal", default: "60s")
        guard let interval = Quantity.duration(sealInterval), interval > .zero, interval <= .seconds(3600) else {
            throw AppError.invalid("TENANTRY_AUDIT_SEAL", "expected a duration such as 60s, at most 1h; got \(sealInterval)")
        }
        self.sealInterval = interval
        switch (reader.string(forKey: "tls.certificate"), reader.string(forKey: "tls.key")) {
        case (let certificate?, let key?): tls = TLSFiles(certificate: certificate, key: key)
        case (nil, nil): tls = nil
        case (nil, _): throw AppError.invalid("TENANTRY_TLS_CERTIFICATE", "expected a path; only TENANTRY_TLS_KEY is set")
        case (_, nil): throw AppError.invalid("TENANTRY_TLS_KEY", "expected a path; only TENANTRY_TLS_CERTIFICATE is set")
        }
        let atOnce = reader.string(forKey: "jobs.at.once", default: "32")
        guard let jobs = Int(atOnce), (1...1024).contains(jobs) else {
            throw AppError.invalid("TENANTRY_JOBS_AT_ONCE", "expected a number from 1 to 1024; got \(atOnce)")
        }
        jobsAtOnce = jobs
        let clearHTTP2 = reader.string(forKey: "http2.clear", default: "false")
        guard let clear = Bool(clearHTTP2) else { throw AppError.invalid("TENANTRY_HTTP2_CLEAR", "expected true or false; got \(clearHTTP2)") }
        self.clearHTTP2 = clear
        let perAddress = reader.string(forKey: "connections.per.address", default: "1024")
        guard let count = Int(perAddress), (1...1_000_000).contains(count) else {
            throw AppError.invalid("TENANTRY_CONNECTIONS_PER_ADDRESS", "expected a number from 1 to 1000000; got \(perAddress)")
        }
        connectionsPerAddress = count
        var admission = AdmissionSettings()
        for name in AdmissionSettings.names {
            guard let text = reader.string(forKey: ConfigKey(name.split(separator: "_").map { $0.lowercased() })) else { continue }
            _ = try admission.set(name, text)
        }
        let wait = reader.string(forKey: "queue.wait", default: "15s")
        guard let wait = Quantity.duration(wait), wait <= .seconds(300) else {
            throw AppError.invalid("TENANTRY_QUEUE_WAIT", "expected a duration such as 15s, at most 5m; got \(wait)")
        }
        admission.queueWait = wait
        self.admission = admission
        outside = try OutsideSettings.read { reader.string(forKey: ConfigKey($0.split(separator: "_").map { $0.lowercased() }), isSecret: $1) }
        objects = try ObjectsPlace.read(authorities: outside.outbound.authorities) {
            reader.string(forKey: ConfigKey($0.split(separator: "_").map { $0.lowercased() }), isSecret: $1)
        }
        masterKeyCommand = try reader.string(forKey: "master.key.command").map { try MasterKeyCommand($0) }
        let sandbox = reader.string(forKey: "sandbox", default: SandboxMode.auto.rawValue)
        guard let sandbox = SandboxMode(rawValue: sandbox) else {
            throw AppError.invalid(
                "TENANTRY_SANDBOX", "expected one of \(SandboxMode.allCases.map(\.rawValue).joined(separator: ", ")); got \(sandbox)")
        }
        self.sandbox = sandbox
        let algorithm = reader.string(forKey: "jwt.algorithm", default: JWSAlgorithm.rs256.rawValue)
        guard let algorithm = JWSAlgorithm(rawValue: algorithm), algorithm == .rs256 || algorithm == .hs256 else {
            throw AppError.invalid("TENANTRY_JWT_ALGORITHM", "expected RS256 or HS256; got \(algorithm)")
        }
        tokenAlgorithm = algorithm
        if let loops = reader.string(forKey: "loops") {
            guard let count = Int(loops), (1...256).contains(count) else {
                throw AppError.invalid("TENANTRY_LOOPS", "expected a number from 1 to 256; got \(loops)")
            }
            self.loops = count
        } else {
            loops = nil
        }
    }

    /// The manifests of the handlers in `TENANTRY_HANDLERS`.
    func products() throws -> [Manifest] { try handlers.flatMap { try Manifest.loadAll(below: $0) } }

    /// Those and the packages that are installed now. Throws where two have one name.
    func manifests() throws -> [Manifest] {
        let all = try products() + PackageFolders(home: home).manifests()
        for (index, manifest) in all.enumerated() {
            if let other = all[..<index].first(where: { $0.name == manifest.name }) {
                throw AppError.invalid("\(manifest.folder)/\(Manifest.fileName)", "the name \(manifest.name) is taken by \(other.folder)")
            }
        }
        return all
    }

    /// The installer's URL, for the commands that cannot do without.
    func requireDatabaseURL() throws -> String {
        guard let databaseURL else {
            throw AppError.invalid("TENANTRY_DATABASE_URL", "expected a URL such as postgres://user:password@host/database; it is not set")
        }
        return databaseURL
    }

    /// Without the installer's user and password, here and in the environment: the gateway must not hold what could change its walls.
    func forgettingSignIn() -> Settings {
        var settings = self
        settings.databaseURL = databaseURL.map(Self.withoutSignIn)
        if let text = getenv("TENANTRY_DATABASE_URL") {
            memset(text, 0, strlen(text))
            unsetenv("TENANTRY_DATABASE_URL")
        }
        return settings
    }

    /// `postgres://user:password@host/database?user=…` → `postgres://host/database`. What is no such URL, or is named after its user only, stays as it
    /// is, for whoever reads it to say so.
    static func withoutSignIn(_ url: String) -> String {
        guard let scheme = ["postgres://", "postgresql://"].first(where: url.hasPrefix).map({ url.index(url.startIndex, offsetBy: $0.count) }) else {
            return url
        }
        let parts = url[scheme...].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let place = parts[0].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard place.count == 2, !place[1].isEmpty else { return url }
        let authority = place[0].lastIndex(of: "@").map { place[0][place[0].index(after: $0)...] } ?? place[0]
        let items = parts.count > 1 ? parts[1].split(separator: "&").filter { !$0.hasPrefix("user=") && !$0.hasPrefix("password=") } : []
        return url[..<scheme] + "\(authority)/\(place[1])" + (items.isEmpty ? "" : "?" + items.joined(separator: "&"))
    }
}
