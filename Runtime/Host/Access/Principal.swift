import Kernel
import Tokens

/// A user's membership in a tenant, as the directory says it now.
struct Membership: Sendable, Hashable {
    /// What the member's role holds.
    var rights: Rights
    var epoch: Int64
    /// The tenant may not be used at the time.
    var suspended: Bool
    /// The user may not be.
    var disabled = false
    /// The tenant's share where it competes with others.
    var weight = Membership.ordinaryWeight
    /// What the tenant's plan allows.
    var standing = PlanStanding.unlimited
    /// Sessions of the user that ended a short while ago: tokens of theirs may still be about.
    var revokedSessions: [UUID] = []

    /// The share of a tenant that nobody gave another one.
    static let ordinaryWeight = 100
}

extension Membership {
    init(role: Role, epoch: Int64, suspended: Bool) {
        self.init(rights: .member(role, scopes: []), epoch: epoch, suspended: suspended)
    }
}

/// A caller who was let in.
struct Principal: Sendable, Hashable {
    /// The member, the operator, or who made the key that calls.
    let user: UserID
    /// The member's; of an operator the one that is acted upon, all zero for none.
    let tenant: TenantID
    let rights: Rights
    /// When what proved it ends.
    let expiry: Timestamp
    /// The tenant's share where it competes with others.
    let weight: Int
    /// What the tenant's plan allows.
    let standing: PlanStanding
    let proof: Proof
    /// What alone the token or key is good for; empty: all that the member may do.
    let bound: [Scope]

    /// What was brought to prove it.
    enum Proof: Sendable, Hashable {
        /// An access token: the membership's epoch when it was made, and its session, zero for none.
        case token(epoch: Int64, session: UUID)
        case key(Digest, id: UUID)
        /// An operator's token, of a session.
        case `operator`(session: UUID)
    }

    /// All of it, as it was decided.
    init(
        user: UserID, tenant: TenantID, rights: Rights, expiry: Timestamp, weight: Int, standing: PlanStanding = .unlimited, proof: Proof,
        bound: [Scope]
    ) {
        self.user = user
        self.tenant = tenant
        self.rights = rights
        self.expiry = expiry
        self.weight = weight
        self.standing = standing
        self.proof = proof
        self.bound = bound
    }

    /// Decides whether a token still opens the tenant. `membership` is nil where there is none.
    init(_ claims: AccessClaims, _ membership: Membership?) throws(AppError) {
        user = claims.user
        tenant = claims.tenant
        expiry = claims.expiresAt
        proof = .token(epoch: Int64(claims.epoch), session: claims.session ?? .zero)
        bound = claims.scopes
        let membership = try Self.check(membership, proof)
        weight = membership.weight
        standing = membership.standing
        rights = bound.isEmpty ? membership.rights : membership.rights.narrowed(to: bound)
    }

    /// A key's caller holds what both the key and its maker do.
    init(_ key: APIKey, _ hash: Digest, _ membership: Membership) throws(AppError) {
        user = key.maker
        tenant = key.tenant
        expiry = key.expiry
        proof = .key(hash, id: key.id)
        bound = key.scopes
        let membership = try Self.check(membership, proof)
        weight = membership.weight
        standing = membership.standing
        rights = membership.rights.narrowed(to: bound, isKey: true)
    }

    /// The key that calls; nil for a member.
    var apiKey: UUID? { if case .key(_, let id) = proof { id } else { nil } }

    /// What stands beside the role, for a handler.
    var scopeTexts: [String] { rights.scopes.isEmpty ? [] : rights.scopes.map(\.rawValue) }

    /// The session that a token belongs to, zero where it is of none.
    var session: UUID {
        switch proof {
        case .token(_, let session), .operator(let session): session
        case .key: .zero
        }
    }

    /// Decides again after the directory has changed; also throws where rights were lost.
    func again(_ membership: Membership?) throws(AppError) {
        let membership = try Self.check(membership, proof)
        let now = bound.isEmpty ? membership.rights : membership.rights.narrowed(to: bound, isKey: rights.isKey)
        guard now.keep(rights) else { throw Self.changed }
    }

    private static var changed: AppError { AppError(.unauthenticated, "Your rights have changed; sign in again") }

    /// Throws unless a membership, as it stands, lets in who brings the proof.
    private static func check(_ membership: Membership?, _ proof: Proof) throws(AppError) -> Membership {
        guard let membership else { throw AppError(.forbidden, "You are not a member of this tenant") }
        guard !membership.suspended else { throw AppError(.tenantSuspended) }
        guard !membership.disabled else { throw AppError(.unauthenticated, "This user is switched off") }
        if case .token(let epoch, let session) = proof {
            guard epoch >= membership.epoch else { throw changed }
            guard membership.revokedSessions.isEmpty || !membership.revokedSessions.contains(session) else {
                throw AppError(.unauthenticated, "This session has ended; sign in again")
            }
        }
        return membership
    }
}
