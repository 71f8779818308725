import Kernel
import Tokens

/// What an operator of the installation is at the moment.
struct OperatorStanding: Sendable, Hashable {
    var role: OperatorRole
    /// The user is switched off.
    var disabled = false
    /// Sessions that ended a short while ago: tokens of theirs may still be about.
    var revokedSessions: [UUID] = []
}

extension Principal {
    /// Decides whether an operator's token still makes one, acting upon no tenant yet. `standing` is nil for who is none.
    init(_ claims: OperatorClaims, _ standing: OperatorStanding?) throws(AppError) {
        let rights = try Self.rights(standing, session: claims.session)
        self.init(
            user: claims.user, tenant: TenantID(.zero), rights: rights, expiry: claims.expiresAt, weight: Membership.ordinaryWeight,
            proof: .operator(session: claims.session), bound: [])
    }

    /// Whether it is an operator who calls.
    var isOperator: Bool { if case .operator = proof { true } else { false } }

    /// The tenant that the call is about; nil for an operator's that is about none.
    var target: TenantID? { isOperator && tenant.uuid == .zero ? nil : tenant }

    /// With whom it takes turns: its tenant, or all operators together.
    var party: TenantID { isOperator ? TenantID(.zero) : tenant }

    /// The same operator, upon a tenant or none.
    func acting(on tenant: TenantID?) -> Principal {
        Principal(
            user: user, tenant: tenant ?? TenantID(.zero), rights: rights, expiry: expiry, weight: weight, proof: proof, bound: bound)
    }

    /// Decides again after something has changed; also throws where rights were lost.
    func again(_ standing: OperatorStanding?) throws(AppError) {
        guard try Self.rights(standing, session: session) == rights else {
            throw AppError(.unauthenticated, "Your rights have changed; ask for another token")
        }
    }

    private static func rights(_ standing: OperatorStanding?, session: UUID) throws(AppError) -> Rights {
        guard let standing, let rights = standing.role.rights else { throw AppError(.forbidden, "You are no operator of this installation") }
        guard !standing.disabled else { throw AppError(.unauthenticated, "This user is switched off") }
        guard !standing.revokedSessions.contains(session) else { throw AppError(.unauthenticated, "This session has ended; sign in again") }
        return rights
    }
}

extension Gateway {
    /// Lets an operator in, upon the tenant that the path names, upon one that is not there yet, or upon none. Throws why not, and `NOT_FOUND` for a
    /// tenant that nobody has, once it is known that an operator asks.
    func admitOperator(
        _ head: RequestHead, _ route: ServedHandler.Route, _ parameters: [String], _ call: Call
    ) async throws(AppError) -> Principal {
        guard head.apiKey == nil else { throw AppError(.unauthenticated, "No API key opens this; POST /auth/operator gives a token") }
        let claims = try authenticator.operatorClaims(head.authorization, at: time.now())
        let principal = try Principal(claims, try await directory.standing(of: claims.user))
        try route.rule.check(principal)
        return principal.acting(on: try await target(of: route, parameters, call.connection.executor))
    }

    /// The tenant that a route of operators is about. Throws `NOT_FOUND` where there is none.
    func target(of route: ServedHandler.Route, _ parameters: [String], _ executor: LoopExecutor) async throws(AppError) -> TenantID? {
        if case .operator(_, founds: true) = route.rule { return TenantID(UUID.v7(at: time.now(), using: &executor.random)) }
        guard let place = route.tenantPlace else { return nil }
        guard let tenant = TenantID(parameters[place]) else { throw AppError.invalid("tenant_id", "expected a UUID") }
        guard tenant.uuid != .zero, try await directory.hasTenant(tenant) else { throw AppError(.notFound, "There is no such tenant") }
        return tenant
    }
}
