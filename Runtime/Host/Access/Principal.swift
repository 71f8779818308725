import Kernel
import Tokens

/// A user's membership in a tenant, as the directory says it now.
struct Membership: Sendable, Hashable {
    var role: Role
    var epoch: Int64
    var suspended: Bool
    /// The tenant's share where it competes with others.
    var weight = Membership.ordinaryWeight

    /// The share of a tenant that nobody gave another one.
    static let ordinaryWeight = 100
}

/// A caller who was let in.
struct Principal: Sendable, Hashable {
    let user: UserID
    let tenant: TenantID
    let role: Role
    /// The membership's epoch when the token was made.
    let epoch: Int64
    /// When the token that proved it ends.
    let expiry: Timestamp
    /// The tenant's share where it competes with others.
    let weight: Int

    /// Decides whether a token still opens the tenant. `membership` is nil where there is none.
    init(_ claims: AccessClaims, _ membership: Membership?) throws(AppError) {
        user = claims.user
        tenant = claims.tenant
        epoch = Int64(claims.epoch)
        expiry = claims.expiresAt
        weight = membership?.weight ?? Membership.ordinaryWeight
        role = try Self.role(membership, epoch)
    }

    /// The same caller after the directory has changed. Throws as the first decision does.
    func again(_ membership: Membership?) throws(AppError) {
        _ = try Self.role(membership, epoch)
    }

    private static func role(_ membership: Membership?, _ epoch: Int64) throws(AppError) -> Role {
        guard let membership else { throw AppError(.forbidden, "You are not a member of this tenant") }
        guard !membership.suspended else { throw AppError(.tenantSuspended) }
        guard epoch >= membership.epoch else { throw AppError(.unauthenticated, "Your rights have changed; sign in again") }
        return membership.role
    }
}
