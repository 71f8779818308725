import Archives
import Kernel
import Postgres
import Tenants
import Tokens

/// The command line's way to whole tenants: signed in as the handler `archive`, with contexts that it signs with the host's key as the gateway would.
/// It works whether a gateway runs or not, and whatever the installer may do.
struct ArchiveAccess: ArchiveSession {
    /// The longest that one command may take.
    static let limit: Duration = .seconds(6 * 3600)
    private static let handler = "archive"
    /// How long a context is good, as the gateway's are.
    private static let contextLife: Duration = .seconds(60)

    private let own: OwnConnection
    private let key: SigningKey
    private let tenant: TenantID

    /// Runs a body in one transaction for a tenant, one that is there or one that is to be made.
    static func run<R>(
        _ settings: Settings, tenant: TenantID, snapshot: Bool = false, _ body: (any ArchiveSession) async throws -> R
    ) async throws -> R {
        let deadline = Deadline.after(limit)
        let key = try await Session.asHost(settings) { try await KeyRing(client: $0).newest(deadline: .after(Session.limit)) }
        return try await Session.asHandler(handler, settings) { client in
            try await client.withConnection(deadline: deadline) { own in
                try await own.transaction(snapshot: snapshot) { try await body(ArchiveAccess(own: own, key: key, tenant: tenant)) }
            }
        }
    }

    func renew() async throws {
        let now = TimeSource.system.now()
        let context = try SignedContext(
            kind: .operator, tenant: tenant, handler: Self.handler, expiry: now + Self.contextLife, invocation: InvocationID(Self.id(at: now)))
        _ = try await own.query(
            """
            select tenancy.use($1), set_config('lock_timeout', '5s', true), set_config('statement_timeout', '0', true), \
            set_config('idle_in_transaction_session_timeout', '10min', true)
            """, [.text(context.sign(with: key))])
    }

    func rows(_ sql: String, _ binds: [Bind]) async throws -> Rows { try await own.query(sql, binds) }

    /// A fresh, time-ordered identifier.
    static func id(at now: Timestamp = TimeSource.system.now()) -> UUID {
        var random = SecureRandom()
        return UUID.v7(at: now, using: &random)
    }

    static var record: ArchiveRecord { .commandLine { id() } }
}
