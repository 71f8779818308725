import HandlerKit

/// `POST /auth/login`: a session for an address and its password, or the challenge of a second factor.
struct SignIn: Sendable {
    let passwords: PasswordCheck
    let sessions: SessionMaker

    var route: Route {
        Route.post(
            "/auth/login", access: .anonymous, summary: "Sign in with e-mail and password", body: .jsonWithNUL(limit: 64 << 10)
        ) { (input: SignInInput, invocation: AnonymousInvocation) async throws -> Response in
            let caller = Caller(invocation)
            let found = try await passwords.user(email: input.email, password: input.password, caller)
            let isOperator = input.operator ?? false
            guard !found.hasSecondFactor else {
                return try await ChallengeRoutes.begin(for: found.user, tenant: input.tenant, isOperator: isOperator, caller)
            }
            guard !isOperator else { throw OperatorTokens.noFactor }
            return try await sessions.open(found.user, tenant: input.tenant, factors: [.password], cookies: input.cookies ?? false, caller)
        }
    }
}
