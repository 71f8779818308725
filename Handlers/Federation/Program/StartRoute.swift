import Addresses
import HandlerKit
import OpenID
import Tokens

/// `GET /auth/oidc/{provider_id}/start`: sends the browser to the provider.
struct StartRoute: Sendable {
    let parts: Result<Parts, AppError>

    var route: Route {
        Route.get("/auth/oidc/{provider_id}/start", access: .anonymous, summary: "Begin a sign-in at a provider", status: 302) {
            (input: StartInput, invocation: AnonymousInvocation) async throws -> Response in
            let parts = try parts.get()
            let redirect = try parts.redirects.check(input.redirectURI)
            let provider = try await SignInProvider(input.providerID, invocation)
            let discovery = try await parts.cache.discovery(of: provider.id, issuer: provider.issuer, at: invocation.time.instant())
            let state = SignInState(
                provider: provider.id, redirect: redirect.text, challenge: input.codeChallenge, appState: input.state, at: invocation.time.now())
            let target = FormEncoding.url(
                discovery.authorization.text,
                adding: [
                    ("response_type", "code"), ("client_id", provider.clientID), ("redirect_uri", parts.callback), ("scope", provider.scopes),
                    ("state", state.state), ("nonce", state.nonce), ("code_challenge", state.verifierChallenge), ("code_challenge_method", "S256"),
                ])
            let cookie = "\(SignInState.cookieName(state.state))=\(try state.sealed(parts.ring)); Path=/; Max-Age=600; HttpOnly; Secure; SameSite=Lax"
            return Redirection.to(target, cookie: cookie)
        }
    }
}

struct StartInput: Decodable, Sendable, Validated {
    let providerID: UUID
    /// Where the result goes; on the installation's list.
    let redirectURI: String
    /// SHA-256 of the app's own verifier, base64url (RFC 7636, S256): who redeems the result must know the verifier.
    let codeChallenge: String
    /// Given back with the result as it is.
    let state: String?

    enum CodingKeys: String, CodingKey {
        case state
        case providerID = "provider_id"
        case redirectURI = "redirect_uri"
        case codeChallenge = "code_challenge"
    }

    func validate(_ issues: inout [AppError.Issue]) {
        issues.require(
            codeChallenge.utf8.count == 43 && Base64.url.decode(codeChallenge) != nil, "code_challenge",
            "expected the SHA-256 of code_verifier in base64url, 43 characters")
        issues.requireLength(state, "state", 1...500)
    }
}

/// A provider with what a sign-in needs. Throws `NOT_FOUND` for one that is not there or switched off.
struct SignInProvider: Sendable {
    let id: UUID
    let tenant: TenantID
    let issuer: String
    let clientID: String
    let sealedSecret: [UInt8]?
    let scopes: String

    init(_ id: UUID, _ invocation: AnonymousInvocation) async throws {
        guard let row = try await invocation.database.rows(ProvidersSQL.provider, .uuid(id)).first else { throw ProviderRoutes.notFound }
        self.id = id
        tenant = TenantID(try row.uuid(0))
        issuer = try row.text(1)
        clientID = try row.text(2)
        sealedSecret = row.isNull(3) ? nil : try row.bytes(3)
        scopes = try row.text(4)
    }
}

/// 302, kept by nobody, telling nobody where it came from.
enum Redirection {
    static func to(_ target: String, cookie: String) -> Response {
        Response(
            status: 302,
            headers: [
                HeaderField(name: "location", value: target), HeaderField(name: "set-cookie", value: cookie),
                HeaderField(name: "cache-control", value: "no-store"), HeaderField(name: "referrer-policy", value: "no-referrer"),
            ], body: .bytes([]))
    }
}
