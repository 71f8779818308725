public import Kernel
public import Tokens

/// A line of the audit log: who did what to what, when, from where.
public struct AuditEntry: Sendable, Hashable {
    public var id: UUID
    /// When the transaction began that had the effect.
    public var occurredAt: Timestamp
    /// All zero for a machine without a member behind it.
    public var user: UUID
    public var role: String
    public var session: UUID?
    public var apiKey: UUID?
    /// For example `member.removed`.
    public var action: String
    public var targetType: String?
    public var targetID: String?
    /// The handler that did it.
    public var handler: String
    public var address: String
    public var userAgent: String
    public var requestID: String
    /// A JSON object as the database writes it.
    public var details: String

    public init(
        id: UUID, occurredAt: Timestamp, user: UUID, role: String, session: UUID? = nil, apiKey: UUID? = nil, action: String,
        targetType: String? = nil, targetID: String? = nil, handler: String, address: String = "", userAgent: String = "", requestID: String = "",
        details: String = "{}"
    ) {
        self.id = id
        self.occurredAt = occurredAt
        self.user = user
        self.role = role
        self.session = session
        self.apiKey = apiKey
        self.action = action
        self.targetType = targetType
        self.targetID = targetID
        self.handler = handler
        self.address = address
        self.userAgent = userAgent
        self.requestID = requestID
        self.details = details
    }

    /// What did it: a member, a member's or the tenant's key, or the installation itself.
    public var actor: String { apiKey != nil ? "api_key" : user == .zero ? "system" : "user" }

    /// SHA-256 of the entry in its one canonical form: every field in a fixed order, each with its length in front, so that no two entries share it.
    public func hash(of tenant: TenantID) -> Digest {
        var form = CanonicalForm("tenantry audit entry 1")
        form.add(tenant.uuid)
        form.add(id)
        form.add(occurredAt.microseconds)
        form.add(user)
        form.add(role)
        form.add(session)
        form.add(apiKey)
        form.add(action)
        form.add(targetType)
        form.add(targetID)
        for text in [handler, address, userAgent, requestID, details] { form.add(text) }
        return SHA256.hash(form.bytes)
    }
}
