import HandlerKit
import Tokens

/// `POST /auth/login`: an access token for an address and its password.
struct SignIn: Sendable {
    let signer: JWTSigner
    private let passwords = PasswordCheck()

    init(signer: JWTSigner) { self.signer = signer }

    var route: Route {
        Route.post("/auth/login", access: .anonymous, summary: "Sign in with e-mail and password") {
            (input: SignInInput, invocation: AnonymousInvocation) async throws -> Response in
            var response = try Response.json(try await answer(input, invocation))
            // RFC 6749 section 5.1: no cache may keep a token.
            response.headers.append(HeaderField(name: "cache-control", value: "no-store"))
            return response
        }
    }

    private func answer(_ input: SignInInput, _ invocation: AnonymousInvocation) async throws -> SignInAnswer {
        let user = try await passwords.user(of: input, invocation)
        let results = try await invocation.database.transaction([
            Call(IdentitySQL.memberships, [.id(user)]), Call(IdentitySQL.profile, [.id(user)]),
        ])
        guard let row = results[1].first else { throw AppError(.invalidCredentials) }
        let profile = try Profile(row)
        let membership = try Membership.choose(input.tenant, from: try results[0].map { try Membership($0) })
        let claims = AccessClaims(
            user: user, tenant: membership.tenant, role: membership.role, epoch: membership.epoch, id: invocation.makeID(),
            issuedAt: invocation.time.now())
        let token = try await invocation.offload { [signer] in try signer.sign(claims) }
        return SignInAnswer(token: token, tenant: TenantAnswer(membership), user: .init(id: user, email: profile.email, name: profile.name))
    }
}
