public import Kernel

/// A tenant as the control plane knows it.
public struct TenantRecord: Sendable, Hashable, Codable {
    public enum Status: String, Sendable, Hashable, Codable, CaseIterable {
        case active, suspended
    }

    public let id: TenantID
    /// Its short name in commands and sign-in: `[a-z][a-z0-9-]{0,62}`.
    public let slug: String
    public let name: String
    public let status: Status
    public let plan: String
    public let createdAt: Timestamp
    /// Its share where it competes with others for a handler; 100 is an ordinary one.
    public let weight: Int

    enum CodingKeys: String, CodingKey {
        case id, slug, name, status, plan, weight
        case createdAt = "created_at"
    }
}

/// A member of a tenant.
public struct Member: Sendable, Hashable, Codable {
    public let userID: UserID
    public let email: String
    public let role: Role
    /// Grows with every change; tokens of an older one are refused.
    public let epoch: Int

    enum CodingKeys: String, CodingKey {
        case userID = "user_id"
        case email, role, epoch
    }
}
