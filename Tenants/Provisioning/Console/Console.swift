public import Kernel
public import Postgres
public import Tokens

/// The command line in an operator's place: signed in as a handler's role, with contexts that it signs itself, so that each command runs the very
/// functions that the routes run, and leaves the same record. Works with and without a running gateway.
public struct Console: Sendable {
    /// The handler whose functions the commands over tenants call.
    public static let handler = "administration"

    let client: PostgresClient
    let key: SigningKey
    let handler: String
    let time: TimeSource

    /// `client` signs in as the role of `handler`; `key` is the newest that signs contexts, which only the host's role reads.
    public init(client: PostgresClient, key: SigningKey, handler: String = Console.handler, time: TimeSource = .system) {
        self.client = client
        self.key = key
        self.handler = handler
        self.time = time
    }

    /// A fresh, time-ordered identifier.
    public func makeID() -> UUID {
        var random = SecureRandom()
        return UUID.v7(at: time.now(), using: &random)
    }

    /// A signed context that lives as long as one command may: for a tenant, or for none; no user stands behind it.
    public func context(_ tenant: TenantID?, until deadline: Deadline) throws(AppError) -> String {
        let remaining = min(deadline.remaining(at: time.instant()), .seconds(3600))
        return try SignedContext(
            kind: .operator, tenant: tenant, handler: handler, expiry: time.now() + max(remaining, .seconds(1)), invocation: InvocationID(makeID())
        ).sign(with: key)
    }

    /// Runs calls as one transaction in one round trip.
    ///
    /// Throws `CONFLICT`, `VALIDATION_ERROR` and the like as handlers do, and ``PostgresError`` where the database cannot be reached.
    public func run(_ calls: [Call], tenant: TenantID?, deadline: Deadline) async throws -> [Rows] {
        let use = Call(ConsoleSQL.use, [.text(try context(tenant, until: deadline))])
        do {
            return try await client.run(Segment(preamble: [use], calls), deadline: deadline)
        } catch let error as PostgresError where error.code == .server {
            throw error.appError
        }
    }

    /// The record of an act: a line of the tenant's audit log and a security event of the command line.
    func record(_ action: String, _ tenant: TenantID, details: JSONValue) -> [Call] {
        let bytes = Array(details.description.utf8)
        return [
            Call(ConsoleSQL.audit, [.id(tenant), .uuid(makeID()), .text(action), .text("\(tenant)"), .json(bytes)]),
            Call(ConsoleSQL.event, [.text(String(action.map { $0 == "." ? "_" : $0 })), .json(bytes)]),
        ]
    }
}
