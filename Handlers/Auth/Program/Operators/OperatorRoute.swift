import HandlerKit

/// `POST /auth/operator`: a token of 15 minutes for the routes below `/admin`, by a session that was opened with a second factor.
struct OperatorRoute: Sendable {
    let tokens: OperatorTokens

    var route: Route {
        Route.post("/auth/operator", access: .bearer("sessions:write"), summary: "A token for the routes of operators") {
            (_: NoInput, invocation: Invocation) async throws -> Response in
            guard let session = invocation.principal.session else { throw AppError(.unauthenticated) }
            return try await tokens.token(of: session, invocation.principal.user, Caller(invocation))
        }
    }
}
