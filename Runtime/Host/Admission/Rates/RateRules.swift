import Kernel
import Synchronization
import Wire

/// How often one address, one user and one tenant may call. Used from all loops.
///
/// Every call takes from its address before anything is verified, so a flood of bad tokens stays cheap. A call that proves who it is gets the
/// address's token back and takes from user and tenant instead: many users behind one address do not hinder each other.
final class RateRules: Sendable {
    enum Scope: String, Sendable {
        case address, user, key, tenant, plan
    }

    // Nil: no limit.
    private let addresses: Mutex<TokenBuckets<ClientAddress>?>
    private let users: Mutex<TokenBuckets<UUID>?>
    private let tenants: Mutex<TokenBuckets<TenantID>?>
    private let tenantRate: TenantRate

    init(address: RateLimit?, user: RateLimit?, tenant: TenantRate, start: ContinuousClock.Instant) {
        tenantRate = tenant
        addresses = Mutex(address.map { TokenBuckets($0, start: start) })
        users = Mutex(user.map { TokenBuckets($0, start: start) })
        switch tenant {
        case .off: tenants = Mutex(nil)
        case .every(let limit): tenants = Mutex(TokenBuckets(limit, start: start))
        // Each take brings the limit of its plan.
        case .plan: tenants = Mutex(TokenBuckets(RateLimit(1, per: .seconds(60)), start: start))
        }
    }

    /// Counts a call that has not proved who it is.
    func enter(_ address: ClientAddress, at now: ContinuousClock.Instant) throws(RateRefusal) {
        try Self.take(address.network, .address, addresses, now)
    }

    /// Counts a call of a member, or of an API key in its own place, instead of its address's.
    func enter(
        _ user: UserID, key: UUID? = nil, _ tenant: TenantID, standing: PlanStanding = .unlimited, from address: ClientAddress,
        at now: ContinuousClock.Instant
    ) throws(RateRefusal) {
        addresses.withLock { $0?.giveBack(address.network) }
        if let key { try Self.take(key, .key, users, now) } else { try Self.take(user.uuid, .user, users, now) }
        if tenantRate != .plan {
            try Self.take(tenant, .tenant, tenants, now)
        } else if let calls = standing.callsPerMinute {
            try Self.take(tenant, .plan, tenants, now, by: RateLimit(calls, per: .seconds(60)), plan: standing.plan)
        }
    }

    /// Gives back what a call took that turned out to be an operator's.
    func pass(_ address: ClientAddress) { addresses.withLock { $0?.giveBack(address.network) } }

    private static func take<Key: Hashable & Sendable>(
        _ key: Key, _ scope: Scope, _ buckets: borrowing Mutex<TokenBuckets<Key>?>, _ now: ContinuousClock.Instant, by own: RateLimit? = nil,
        plan: String = ""
    ) throws(RateRefusal) {
        let refusal = buckets.withLock { buckets -> RateRefusal? in
            guard let limit = own ?? buckets?.limit, case .empty(let wait)? = buckets?.take(key, at: now, by: own) else { return nil }
            return RateRefusal(scope: scope, limit: limit, retryAfter: wait, plan: plan)
        }
        if let refusal { throw refusal }
    }
}

/// A call came too soon.
struct RateRefusal: Error, Equatable {
    let scope: RateRules.Scope
    let limit: RateLimit
    let retryAfter: Duration
    /// The tenant's, where it is the one that sets the limit.
    var plan = ""

    func error(at now: Timestamp) -> AppError {
        let whose: String
        switch scope {
        case .address: whose = "address"
        case .user: whose = "user"
        case .key: whose = "API key"
        case .tenant: whose = "tenant"
        case .plan: return planError(at: now)
        }
        return AppError(.tooManyRequests, "Too many requests of this \(whose): \(limit.count) are allowed in \(seconds) s", retryAfter: retryAfter)
    }

    private func planError(at now: Timestamp) -> AppError {
        // The moment from which on one call is let in again, on the next whole second as `Retry-After` is.
        let resets = Timestamp(seconds: (now + retryAfter + .microseconds(999_999)).seconds)
        return AppError(
            .rateLimited, "The plan \(plan) allows \(limit.count) calls per minute; the next from \(resets) on", retryAfter: retryAfter,
            facts: [
                "limit": "calls_per_minute", "allowed": .integer(Int64(limit.count)), "plan": .string(plan), "resets_at": .string(resets.description),
            ])
    }

    /// `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10).
    var headers: [HeaderField] {
        let wait = max(1, (retryAfter.milliseconds + 999) / 1000)
        return [
            HeaderField(name: "ratelimit-policy", value: "\"\(scope.rawValue)\";q=\(limit.count);w=\(seconds)"),
            HeaderField(name: "ratelimit", value: "\"\(scope.rawValue)\";r=0;t=\(wait)"),
        ]
    }

    private var seconds: Int64 { limit.window.milliseconds / 1000 }
}
