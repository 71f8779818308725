import HandlerKit
import Tokens

/// `POST /auth/logout`: ends the access token's session, and with it every token of it, from the next call on.
struct LogoutRoute: Sendable {
    let sessions: SessionMaker

    var route: Route {
        Route.post("/auth/logout", access: .bearer("sessions:end"), summary: "End this session", status: 204) {
            (input: LogoutInput, invocation: Invocation) async throws -> Response in
            let caller = Caller(invocation)
            let given = input.refreshToken.flatMap { sessions.refreshTokens.decode($0)?.session }
            let ended = Set([invocation.principal.session, given].compactMap(\.self))
            if !ended.isEmpty {
                _ = try await caller.database.transaction(
                    ended.map { Call(SessionSQL.logOut, [.uuid($0), .text(caller.address), .text(caller.userAgent)]) })
            }
            var response = Response.noContent
            if SessionCookies.refresh.value(in: invocation.request) != nil {
                response.headers += [SessionCookies.access.cleared, SessionCookies.refresh.cleared, SessionCookies.csrf.cleared]
            }
            return response
        }
    }
}

struct LogoutInput: Decodable, Sendable {
    /// Its session ends too, where it is the same user's.
    let refreshToken: String?

    enum CodingKeys: String, CodingKey { case refreshToken = "refresh_token" }
}
