import HandlerKit
import Tokens

/// How somebody proved who they are.
enum Factor: String, Sendable {
    case password, totp, oidc
    case recoveryCode = "recovery_code"
}

/// Where every way of signing in ends: makes a session, and answers with its tokens.
struct SessionMaker: Sendable {
    let signer: JWTSigner
    let refreshTokens: RefreshTokens

    /// A new session of a user who has proved who they are, in the tenant of that slug or id; in the oldest membership that is active, where it is nil.
    ///
    /// With `cookies` the tokens are set as cookies and stand in no body. Where the tenant requires a second factor and the session has none, the
    /// access token is good for enrolling one; the refresh after that gives a full one.
    /// Throws `NOT_FOUND` for a tenant that the user is no member of, `FORBIDDEN` for a member of none, `TENANT_SUSPENDED`, and
    /// `INVALID_CREDENTIALS` for a user who is switched off.
    func open(
        _ user: UserID, tenant: String?, factors: [Factor], cookies: Bool, _ caller: Caller
    ) async throws -> Response {
        let id = caller.makeID()
        let results = try await caller.database.transaction([
            Call(
                SessionSQL.open,
                [
                    .id(user), .uuid(id), .optional(tenant, Bind.text), .texts(factors.map(\.rawValue)), .text(caller.address),
                    .text(caller.userAgent),
                ]),
            Call(MFASQL.isRestricted, [.uuid(id)]),
        ])
        return try await answer(try OpenSession(results[0], id, user), cookies: cookies, restricted: results[1], caller)
    }

    /// A session in another of the user's tenants, beside the one that asks; as fresh as that one, and no longer than it.
    func switchTenant(to tenant: String, from session: UUID, of user: UserID, cookies: Bool, _ caller: Caller) async throws -> Response {
        let id = caller.makeID()
        let results = try await caller.database.transaction([
            Call(SessionSQL.switchTenant, [.uuid(session), .uuid(id), .text(tenant), .text(caller.address), .text(caller.userAgent)]),
            Call(MFASQL.isRestricted, [.uuid(id)]),
        ])
        return try await answer(try OpenSession(results[0], id, user), cookies: cookies, restricted: results[1], caller)
    }

    /// The successor of a refresh token, with a fresh access token.
    ///
    /// One round trip. Throws `UNAUTHENTICATED` where the session has ended, and after it has ended because an old token was used again.
    func refresh(_ token: RefreshToken, cookies: Bool, _ caller: Caller) async throws -> Response {
        let results = try await caller.database.transaction([
            Call(SessionSQL.refresh, [.uuid(token.session), .int64(token.counter), .text(caller.address), .text(caller.userAgent)]),
            Call(MFASQL.isRestricted, [.uuid(token.session)]),
        ])
        return try await answer(try OpenSession(refreshed: results[0], token.session), cookies: cookies, restricted: results[1], caller)
    }

    /// What a session without the second factor that its tenant requires may do.
    private static let enrolment = ["mfa:*", "profile:read", "sessions:end"].compactMap { Scope(rawValue: $0) }

    private func answer(_ session: OpenSession, cookies: Bool, restricted: Rows, _ caller: Caller) async throws -> Response {
        let scopes = try restricted.first?.bool(0) == true ? Self.enrolment : []
        let csrf = cookies ? refreshTokens.csrfToken(of: session.id) : nil
        let now = caller.time.now()
        let claims = AccessClaims(
            user: session.user, tenant: session.tenant.id, role: session.tenant.role, epoch: session.epoch, id: caller.makeID(),
            session: session.id, scopes: scopes, csrf: csrf.map { Base64.url.encode(SHA256.hash($0).bytes) }, issuedAt: now)
        let access = try await caller.offload { [signer] in try signer.sign(claims) }
        let refresh = refreshTokens.encode(RefreshToken(session: session.id, counter: session.counter))
        let tokens = IssuedTokens(access: access, refresh: refresh, csrf: csrf, refreshLifetime: session.expiresAt - now)
        return try tokens.answer { SignInAnswer(session, tokens: cookies ? nil : tokens, mustEnrol: !scopes.isEmpty) }
    }
}

/// A session as the database opened or found it.
struct OpenSession: Sendable {
    let id: UUID
    let user: UserID
    let tenant: TenantAnswer
    let epoch: Int
    let email: String
    let name: String
    let expiresAt: Timestamp
    /// Of its newest refresh token.
    let counter: Int64

    init(_ rows: Rows, _ id: UUID, _ user: UserID) throws {
        guard let row = rows.first else { throw AppError(.internalError, detail: "open_session answered no row") }
        switch try row.text(0) {
        case "opened": try self.init(row, id, user, counter: 0)
        case "nowhere":
            throw AppError(.forbidden, "You are a member of no tenant; accept an invitation to one, or register one of your own")
        case "stranger": throw AppError(.notFound, "You are a member of no such tenant")
        case "suspended": throw AppError(.tenantSuspended)
        default: throw AppError(.invalidCredentials)
        }
    }

    init(refreshed rows: Rows, _ id: UUID) throws {
        guard let row = rows.first else { throw AppError(.internalError, detail: "refresh_session answered no row") }
        switch try row.text(0) {
        case "rotated", "repeated": try self.init(row, id, UserID(try row.uuid(9)), counter: try row.int64(10))
        case "suspended": throw AppError(.tenantSuspended)
        default: throw RefreshRoute.refused
        }
    }

    private init(_ row: Row, _ id: UUID, _ user: UserID, counter: Int64) throws {
        self.id = id
        self.user = user
        self.counter = counter
        tenant = TenantAnswer(id: TenantID(try row.uuid(1)), slug: try row.text(2), name: try row.text(3), role: try Membership.role(row.text(4)))
        epoch = Int(try row.int32(5))
        email = try row.text(6)
        name = try row.text(7)
        expiresAt = try row.timestamp(8)
    }
}
