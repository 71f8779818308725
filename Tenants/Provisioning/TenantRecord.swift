public import Kernel

/// A tenant as the control plane knows it.
public struct TenantRecord: Sendable, Hashable, Codable {
    public enum Status: String, Sendable, Hashable, Codable, CaseIterable {
        case active, suspended
        /// Shut, and gone for good at `deleteAt`.
        case deleting
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
    /// `live` or `sandbox`.
    public let kind: String
    /// Where its data is meant to lie; a word of the installation's own.
    public let region: String
    /// Of the IANA database.
    public let timeZone: String
    /// When it goes for good; nil unless it is `deleting`.
    public let deleteAt: Timestamp?
    /// Whether nothing of it may be removed, by its plan or for good.
    public let legalHold: Bool

    enum CodingKeys: String, CodingKey {
        case id, slug, name, status, plan, weight, kind, region
        case timeZone = "time_zone"
        case deleteAt = "delete_at"
        case legalHold = "legal_hold"
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

/// An operator of the installation.
public struct OperatorRecord: Sendable, Hashable, Codable {
    public let userID: UserID
    public let email: String
    public let role: OperatorRole
    public let grantedAt: Timestamp

    enum CodingKeys: String, CodingKey {
        case userID = "user_id"
        case email, role
        case grantedAt = "granted_at"
    }
}
