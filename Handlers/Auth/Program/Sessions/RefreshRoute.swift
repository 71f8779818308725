import HandlerKit
import Tokens

/// `POST /auth/refresh`: the next pair of tokens of a session, for the refresh token in the body or in its cookie.
///
/// The token before the newest gives the same successor again for a while (two tabs, a lost answer); an older one ends the session.
struct RefreshRoute: Sendable {
    let sessions: SessionMaker

    /// What every token gets that is not good, for whatever reason.
    static let refused = AppError(.unauthenticated, "This session has ended; sign in again")

    var route: Route {
        Route.post("/auth/refresh", access: .anonymous, summary: "The next tokens of a session") {
            (input: RefreshInput, invocation: AnonymousInvocation) async throws -> Response in
            if let text = input.refreshToken {
                guard let token = sessions.refreshTokens.decode(text) else { throw Self.refused }
                return try await sessions.refresh(token, cookies: input.cookies ?? false, Caller(invocation))
            }
            let token = try fromCookie(invocation.request)
            return try await sessions.refresh(token, cookies: true, Caller(invocation))
        }
    }

    /// A browser sends cookies along with whatever page asks it to; only a page of this host can read the token of the third cookie.
    private func fromCookie(_ request: Request) throws -> RefreshToken {
        guard let text = SessionCookies.refresh.value(in: request) else {
            throw AppError.invalid("refresh_token", "required, unless the session's cookies are sent")
        }
        guard let token = sessions.refreshTokens.decode(text) else { throw Self.refused }
        guard let csrf = request.header("x-csrf-token"), sessions.refreshTokens.isCSRFToken(csrf, of: token.session) else {
            throw AppError(.forbidden, "Send the CSRF cookie's value as X-CSRF-Token")
        }
        return token
    }
}

struct RefreshInput: Decodable, Sendable, Validated {
    let refreshToken: String?
    /// Whether the answer sets cookies; a refresh by cookie always does.
    let cookies: Bool?

    enum CodingKeys: String, CodingKey {
        case refreshToken = "refresh_token"
        case cookies
    }

    func validate(_ issues: inout [AppError.Issue]) { issues.requireLength(refreshToken, "refresh_token", 1...1000) }
}
