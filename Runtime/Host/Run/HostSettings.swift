import Kernel
public import Manifest
public import Objects
public import Tokens

/// Where handlers' objects lie.
public enum ObjectsPlace: Sendable {
    /// A folder; nil: `objects` in the installation's home.
    case folder(String?)
    case bucket(S3Settings)
}

/// All that the host is told before it runs.
public struct HostSettings: Sendable {
    /// Where it listens. A port of 0 lets the system choose; the log says which.
    public var host = "127.0.0.1"
    public var port = 8080
    /// The folder of its state: `credentials/`, `keys/`, `scratch/`, `cache/`.
    public var home: String
    /// The database's URL. Role and password in it are not used and need not be there: the host and each handler sign in as themselves.
    public var databaseURL: String
    /// The passwords of the host's role and the handlers', by the role's whole name.
    public var passwords: [String: String]
    /// What the roles of this installation begin with.
    public var rolePrefix = "tenantry"
    /// The handlers to serve.
    public var handlers: [Manifest]
    /// The folder of programs that are named without one: that of the running program.
    public var programs: String
    /// The operating system's walls around handlers' processes. Defaults to all that the machine offers.
    public var sandbox = SandboxMode.auto
    /// How it reaches others, and how browsers and mail name it.
    public var outside = OutsideSettings()
    /// Where handlers' objects lie. Defaults to `objects` in ``home``.
    public var objects = ObjectsPlace.folder(nil)
    /// Event loops; nil: one up to four cores, above that one for each four.
    public var loops: Int?
    /// Limits on clients.
    public var limits = EdgeLimits()
    /// Who may call how often, from where, and under which names.
    public var admission = AdmissionSettings()
    /// Certificate and key; nil: clients are served without TLS.
    public var tls: TLSFiles?
    /// Whether clients without TLS may speak HTTP/2 from the first byte on, as a proxy in front may. Defaults to false.
    public var clearHTTP2 = false
    /// Jobs that run at once. Defaults to 32.
    public var jobsAtOnce = 32
    /// Whether each request is a line in the log. Defaults to false.
    public var logRequests = false
    /// What handlers log, for example `info`.
    public var logLevel = "notice"
    /// Connections of the host itself to the database. Defaults to 3.
    public var connections = 3
    /// The longest that running requests may take once a stop was asked for; then their connections end. Defaults to 20 seconds.
    public var shutdownTime: Duration = .seconds(20)
    /// How often the audit logs of tenants for whom something was written are sealed. Defaults to a minute.
    public var sealInterval: Duration = .seconds(60)
    /// Bytes of bodies on disk, of one tenant and of all. Default to 4 GB and 16 GB.
    public var spoolPerTenant = 4 << 30
    public var spoolTotal = 16 << 30

    /// What new keys of access tokens are for: RS256, which is the default, or HS256.
    public var tokenAlgorithm = JWSAlgorithm.rs256

    /// The program that holds the master key in place of the home's `keys`; nil: there is none.
    public var masterKeyCommand: MasterKeyCommand?

    /// Reads the handlers' manifests and the passwords again while it runs; nil: what is served stays. Both block.
    public var readHandlers: (@Sendable () throws -> [Manifest])?
    public var readPasswords: (@Sendable () throws -> [String: String])?

    /// Settings with the defaults.
    public init(home: String, databaseURL: String, passwords: [String: String], handlers: [Manifest], programs: String) {
        self.home = home
        self.databaseURL = databaseURL
        self.passwords = passwords
        self.handlers = handlers
        self.programs = programs
    }

    /// The password of a role. Throws `NOT_FOUND` naming the role.
    func password(of role: String) throws(AppError) -> String {
        guard let password = passwords[role] else {
            throw AppError(
                .notFound, "no password of the role \(role) in \(home)/credentials; run `tenantry migrate up` first, with the same TENANTRY_HOME")
        }
        return password
    }
}
