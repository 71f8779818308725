import Addresses
import HandlerKit
import OpenID
import Outbound
import Tokens

/// `GET /auth/oidc/callback`: where providers send browsers back. Ends at the app's page with a code that is good once, for a minute, and only together
/// with the app's verifier: no token ever stands in a URL.
struct CallbackRoute: Sendable {
    let parts: Result<Parts, AppError>

    var route: Route {
        Route.get("/auth/oidc/callback", access: .anonymous, summary: "End a sign-in at a provider", status: 302, writes: true) {
            (_: NoInput, invocation: AnonymousInvocation) async throws -> Response in
            let parts = try parts.get()
            let sign = try await begun(parts, invocation)
            do {
                return answer(sign, [("code", try await code(sign, parts, invocation))])
            } catch let error as AppError {
                // The browser goes back to the app, with the reason in a word of RFC 6749 section 4.1.2.1.
                invocation.logger.notice("a sign-in at a provider failed", metadata: .keys([.error: "\(String(reflecting: error))"]))
                return answer(sign, [("error", Self.word(error)), ("error_description", error.message)])
            }
        }
    }

    /// The sign-in that this browser began, taken out of its cookie, once.
    private func begun(_ parts: Parts, _ invocation: AnonymousInvocation) async throws -> SignInState {
        let items = invocation.request.query
        guard let state = invocation.request.queryItem("state"), state.utf8.count == 43 else {
            throw AppError(.badRequest, "This is no answer to a sign-in: it has no state")
        }
        // Which of two is meant cannot be told (RFC 6749 section 3.1).
        for name in ["state", "code", "iss", "error"] where items.split(separator: "&").count(where: { $0.hasPrefix("\(name)=") }) > 1 {
            throw AppError(.badRequest, "The answer has \(name) twice")
        }
        guard let cookie = Self.cookie(SignInState.cookieName(state), invocation.request) else {
            throw AppError(.badRequest, "This sign-in was not begun in this browser, or too long ago; begin anew")
        }
        let sign = try SignInState.open(cookie, state: state, parts.ring, at: invocation.time.now())
        guard try await invocation.database.rows(ProvidersSQL.useState, .bytes(SHA256.hash(state).bytes)).first?.bool(0) == true else {
            throw AppError(.badRequest, "This sign-in is over already; begin anew")
        }
        return sign
    }

    private func code(_ sign: SignInState, _ parts: Parts, _ invocation: AnonymousInvocation) async throws -> String {
        let request = invocation.request
        let provider = try await SignInProvider(sign.provider, invocation)
        let discovery = try await parts.cache.discovery(of: provider.id, issuer: provider.issuer, at: invocation.time.instant())
        // RFC 9207: an answer of another provider than the one that was asked.
        if let issuer = request.queryItem("iss") {
            guard issuer == provider.issuer else { throw AppError(.forbidden, "The answer comes from another provider") }
        } else if discovery.namesIssuer {
            throw AppError(.forbidden, "The answer does not say which provider it comes from")
        }
        if let error = request.queryItem("error") {
            throw AppError(.forbidden, "The provider did not sign you in", detail: "error \(error.prefix(100))")
        }
        guard let given = request.queryItem("code"), (1...2048).contains(given.utf8.count) else {
            throw AppError(.badRequest, "The answer has neither a code nor an error")
        }
        let secret = try await parts.secret(of: provider, invocation)
        let token = try await token(for: given, sign, provider, secret, discovery, parts)
        let person = try await person(token, sign, provider, discovery, parts, invocation)
        return try await issue(person, sign, invocation)
    }

    private func token(
        for code: String, _ sign: SignInState, _ provider: SignInProvider, _ secret: String?, _ discovery: Discovery, _ parts: Parts
    ) async throws -> String {
        let exchange = CodeExchange.request(
            discovery, code: code, verifier: sign.verifier, redirect: parts.callback, client: provider.clientID, secret: secret)
        do {
            return try CodeExchange.token(try await parts.client.send(exchange))
        } catch let error as OutboundError { throw error.appError("The provider") }
    }

    private func person(
        _ token: String, _ sign: SignInState, _ provider: SignInProvider, _ discovery: Discovery, _ parts: Parts, _ invocation: AnonymousInvocation
    ) async throws -> IDToken {
        for anew in [false, true] {
            let keys = try await parts.cache.keys(of: provider.id, discovery, anew: anew, at: invocation.time.instant())
            do throws(IDToken.Refusal) {
                return try IDToken(
                    token, keys: keys, issuer: provider.issuer, client: provider.clientID, nonce: sign.nonce, at: invocation.time.now())
            } catch {
                // New keys are asked for once, for a key that is not known.
                if case .unknownKey = error, !anew { continue }
                throw AppError(.forbidden, "The provider's statement could not be verified", detail: "ID token: \(error)")
            }
        }
        throw AppError(.forbidden, "The provider's statement could not be verified")
    }

    /// Finds or makes the user, and a code for the app.
    private func issue(_ person: IDToken, _ sign: SignInState, _ invocation: AnonymousInvocation) async throws -> String {
        let rows = try await invocation.database.rows(
            ProvidersSQL.user, .uuid(sign.provider), .text(person.subject), .optional(person.email, Bind.text), .text(person.name),
            .uuid(invocation.makeID()), .text(invocation.request.clientAddress), .text(Self.userAgent(invocation.request)))
        guard let row = rows.first, ["known", "linked", "created"].contains(try row.text(0)) else {
            throw AppError(
                .forbidden, "This account opens nothing here; ask an administrator of the organization for an invitation",
                detail: try rows.first?.text(0))
        }
        let code = Base64.url.encode(SecureRandom.bytes(32))
        let details = try JSON.encode(["code_challenge": .string(sign.challenge), "provider": .string(sign.provider.description)] as JSONValue)
        _ = try await invocation.database.rows(
            ProvidersSQL.issueCode, .bytes(SHA256.hash(code).bytes), .uuid(try row.uuid(1)), .uuid(try row.uuid(2)), .json(details))
        return code
    }

    private func answer(_ sign: SignInState, _ items: [(name: String, value: String)]) -> Response {
        var all = items
        if let state = sign.appState { all.append((name: "state", value: state)) }
        let cookie = "\(SignInState.cookieName(sign.state))=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax"
        return Redirection.to(FormEncoding.url(sign.redirect, adding: all), cookie: cookie)
    }

    private static func word(_ error: AppError) -> String {
        switch error.code {
        case .forbidden, .notFound: "access_denied"
        case .badRequest, .validation: "invalid_request"
        case .unavailable, .deadlineExceeded: "temporarily_unavailable"
        default: "server_error"
        }
    }

    /// The cookie of that name; nil where there is none, or more than one.
    private static func cookie(_ name: String, _ request: Request) -> String? {
        let lines = request.headers.filter { $0.name == "cookie" }.flatMap { $0.value.split(separator: ";") }
        let found = lines.map { $0.drop { $0 == " " } }.filter { $0.hasPrefix("\(name)=") }
        return found.count == 1 ? String(found[0].dropFirst(name.count + 1)) : nil
    }

    private static func userAgent(_ request: Request) -> String {
        String((request.header("user-agent") ?? "").unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.map(Character.init).prefix(300))
    }
}
