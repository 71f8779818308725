import HandlerKit
import Tokens

/// What a sign-in and a refresh give. Without the tokens where they are cookies.
struct SignInAnswer: Encodable, Sendable {
    struct User: Encodable, Sendable {
        let id: UserID
        let email: String
        let name: String
    }

    let accessToken: String?
    let refreshToken: String?
    let tokenType: String?
    /// Of the access token, in seconds.
    let expiresIn = AccessClaims.lifetime.milliseconds / 1000
    let sessionID: UUID
    /// When the session ends, however it is used.
    let sessionExpiresAt: Timestamp
    /// True where the tenant requires a second factor and the user has to set one up; the access token is good for that. Else absent.
    let mfaEnrolmentRequired: Bool?
    let tenant: TenantAnswer
    let user: User

    init(_ session: OpenSession, tokens: IssuedTokens?, mustEnrol: Bool) {
        mfaEnrolmentRequired = mustEnrol ? true : nil
        accessToken = tokens?.access
        refreshToken = tokens?.refresh
        tokenType = tokens == nil ? nil : "Bearer"
        sessionID = session.id
        sessionExpiresAt = session.expiresAt
        tenant = session.tenant
        user = User(id: session.user, email: session.email, name: session.name)
    }

    enum CodingKeys: String, CodingKey {
        case accessToken = "access_token"
        case refreshToken = "refresh_token"
        case tokenType = "token_type"
        case expiresIn = "expires_in"
        case sessionID = "session_id"
        case sessionExpiresAt = "session_expires_at"
        case mfaEnrolmentRequired = "mfa_enrolment_required"
        case tenant, user
    }
}

/// The tokens of one answer, in the body or as cookies.
struct IssuedTokens: Sendable {
    let access: String
    let refresh: String?
    /// Nil where they are no cookies.
    let csrf: String?
    let refreshLifetime: Duration

    /// RFC 6749 section 5.1: no cache may keep a token.
    func answer(_ body: () -> SignInAnswer) throws -> Response {
        var response = try Response.json(body())
        response.headers.append(HeaderField(name: "cache-control", value: "no-store"))
        guard let csrf else { return response }
        response.headers.append(SessionCookies.access.set(access, for: AccessClaims.lifetime))
        if let refresh { response.headers.append(SessionCookies.refresh.set(refresh, for: refreshLifetime)) }
        response.headers.append(SessionCookies.csrf.set(csrf, for: refreshLifetime))
        return response
    }
}
