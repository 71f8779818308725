import Kernel
import Tokens

/// A tenant's key, as the directory says it now.
struct APIKey: Sendable, Hashable {
    let id: UUID
    let tenant: TenantID
    /// Who made it, and for whom it acts.
    let maker: UserID
    let scopes: [Scope]
    /// When it ends; the end of the calendar for one that does not.
    let expiry: Timestamp
}

extension Principal {
    /// Decides whether a key opens its tenant: as long as it has not ended and whoever made it is let in. `membership` is the maker's.
    init(_ key: APIKey, _ hash: Digest, _ membership: Membership?, at now: Timestamp) throws(AppError) {
        guard key.expiry > now else { throw AppError(.unauthenticated, "This API key has expired") }
        guard let membership else { throw AppError(.unauthenticated, "Who made this API key is no member of the tenant any more") }
        try self.init(key, hash, membership)
    }

    /// One text for keys that never were, that were revoked, and for what only looks like one.
    static var unknownKey: AppError { AppError(.unauthenticated, "This API key is not known, or it was revoked") }
}
