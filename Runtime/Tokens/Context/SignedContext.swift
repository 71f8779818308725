public import Kernel

/// On whose behalf one invocation speaks to the database. Signed by the host, carried by the handler, verified by every row policy.
public struct SignedContext: Hashable, Sendable {
    /// What the context opens.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The rows of one tenant.
        case tenant = "t"
        /// The identity functions, before a tenant is known.
        case identity = "i"
        /// Reference data, for the system's own timers.
        case system = "s"
        /// The functions of operators of the installation, and the rows of one tenant where it names one.
        case `operator` = "o"
    }

    public let kind: Kind
    /// Nil where no tenant is known; always there for `.tenant`, and for `.operator` where it is about one.
    public let tenant: TenantID?
    /// Nil where nobody is signed in.
    public let user: UserID?
    /// Nil where the context stands for no member.
    public let role: Role?
    /// The handler that may use it, and no other.
    public let handler: String
    /// Which attempt of a job this is, from 1; 0 where the invocation is no job.
    public let attempt: Int
    /// When it ends, in the database's time. The database gives no leeway.
    public let expiry: Timestamp
    public let invocation: InvocationID

    /// A context, not signed yet.
    ///
    /// Throws `INTERNAL_ERROR` where a part could not be told from its neighbours in the signed text: a handler's name is `[a-z][a-z0-9_]{0,31}`,
    /// attempt and expiry are not negative, and no kind but `.tenant` and `.operator` has a tenant.
    public init(
        kind: Kind, tenant: TenantID? = nil, user: UserID? = nil, role: Role? = nil, handler: String, attempt: Int = 0, expiry: Timestamp,
        invocation: InvocationID
    ) throws(AppError) {
        guard Self.isHandlerName(handler) else { throw AppError(.internalError, detail: "no handler can be named \(handler.prefix(64))") }
        guard attempt >= 0, expiry.microseconds >= 0 else {
            throw AppError(.internalError, detail: "a context's attempt and expiry are not negative")
        }
        guard kind == .operator || (kind == .tenant) == (tenant != nil) else {
            throw AppError(.internalError, detail: "a context of kind \(kind) with tenant \(tenant as Any)")
        }
        guard tenant?.uuid != .zero, user?.uuid != .zero else { throw AppError(.internalError, detail: "the zero identifier stands for nobody") }
        self.kind = kind
        self.tenant = tenant
        self.user = user
        self.role = role
        self.handler = handler
        self.attempt = attempt
        self.expiry = expiry
        self.invocation = invocation
    }

    /// The same context with a later end: what a renewal signs.
    public func renewed(until expiry: Timestamp) throws(AppError) -> SignedContext {
        try SignedContext(
            kind: kind, tenant: tenant, user: user, role: role, handler: handler, attempt: attempt, expiry: expiry, invocation: invocation)
    }

    private static func isHandlerName(_ name: String) -> Bool {
        let bytes = name.utf8
        guard bytes.count <= 32, let first = bytes.first, (97...122).contains(first) else { return false }
        return bytes.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_") }
    }
}
