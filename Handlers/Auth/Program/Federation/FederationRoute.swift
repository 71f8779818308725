import HandlerKit
import Tokens

/// `POST /auth/oidc/token`: the end of a sign-in at a provider. Who has the code also knows the verifier that began it, and nobody else can use it.
struct FederationRoute: Sendable {
    let sessions: SessionMaker

    var route: Route {
        Route.post("/auth/oidc/token", access: .anonymous, summary: "End a sign-in at a provider: a session for its code") {
            (input: FederatedCodeInput, invocation: AnonymousInvocation) async throws -> Response in
            let caller = Caller(invocation)
            let rows = try await caller.database.rows(FederationSQL.redeem, .bytes(SHA256.hash(input.code).bytes))
            // The code is used up, also where the verifier is wrong.
            guard let row = rows.first, SHA256.hash(input.codeVerifier) == Base64.url.decode(try row.text(2)).flatMap(Digest.init) else {
                throw AppError(.unauthenticated, "This code is unknown, was used, or is older than a minute; begin anew")
            }
            let user = UserID(try row.uuid(0))
            let tenant = TenantID(try row.uuid(1)).description
            if try row.bool(3) { return try await ChallengeRoutes.begin(for: user, tenant: tenant, by: .oidc, caller) }
            return try await sessions.open(user, tenant: tenant, factors: [.oidc], cookies: input.cookies ?? false, caller)
        }
    }
}

struct FederatedCodeInput: Decodable, Sendable, Validated {
    let code: String
    /// What `code_challenge` was the SHA-256 of (RFC 7636).
    let codeVerifier: String
    let cookies: Bool?

    enum CodingKeys: String, CodingKey {
        case code, cookies
        case codeVerifier = "code_verifier"
    }

    func validate(_ issues: inout [AppError.Issue]) {
        issues.requireLength(code, "code", 43...43)
        issues.requireLength(codeVerifier, "code_verifier", 43...128)
    }
}

enum FederationSQL {
    static let redeem = Statement(
        "auth.redeem_federated_code",
        """
        select user_id, tenant_id, code_challenge, has_second_factor
        from identity.redeem_federated_code($1::bytea)
        """, access: .write)

    static let all = [redeem]
}
