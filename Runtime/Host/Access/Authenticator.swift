package import Kernel
import Synchronization
package import Tokens

/// Finds out who a token speaks for. A token is verified once, then known by its hash until it expires.
package final class Authenticator: Sendable {
    /// What a request brought to prove who it is.
    package enum Credential: Sendable, Hashable {
        /// An access token, which is what it says.
        case token(AccessClaims)
        /// An access token that the browser sent by itself, whoever made it send the request.
        case cookie(AccessClaims)
        /// Something of the form of an API key; the directory knows whether it is one.
        case key(Digest)
    }

    private struct State {
        var verifier: JWTVerifier
        var known: TokenCache<Digest>
        /// Counts what was forgotten, so that nothing comes back that was verified before.
        var forgotten = 0
    }

    private let state: Mutex<State>
    private let remembered: Int

    /// Remembers at most that many tokens; 20,000 by default.
    package init(verifier: JWTVerifier, remembered: Int = 20_000) {
        self.remembered = remembered
        state = Mutex(State(verifier: verifier, known: TokenCache(limit: remembered)))
    }

    /// Verifies with other keys from now on. `forgetting`: also what was verified before.
    func trust(_ verifier: JWTVerifier, forgetting: Bool) {
        state.withLock { state in
            state.verifier = verifier
            guard forgetting else { return }
            state.known = TokenCache(limit: remembered)
            state.forgotten += 1
        }
    }

    /// What the lines `Authorization` and `X-API-Key` hold, exactly one of which is expected, or else the cookie. Throws `UNAUTHENTICATED`.
    package func credential(_ authorization: String?, apiKey: String?, cookie: String? = nil, at now: Timestamp) throws(AppError) -> Credential {
        if let apiKey {
            guard authorization == nil else { throw AppError(.unauthenticated, "Expected either Authorization or X-API-Key") }
            guard APIKeyText.hasForm(apiKey) else { throw Principal.unknownKey }
            return .key(SHA256.hash(apiKey))
        }
        if let authorization {
            guard let token = Self.bearer(authorization) else {
                throw AppError(.unauthenticated, "Expected `Authorization: Bearer` with an access token or an API key")
            }
            if APIKeyText.hasForm(token) { return .key(SHA256.hash(token)) }
            return .token(try claims(of: token, at: now))
        }
        guard let cookie else { throw AppError(.unauthenticated) }
        return .cookie(try claims(of: cookie[...], at: now))
    }

    /// What an operator's token says, the only thing that opens operators' routes. Nothing is remembered: there are few. Throws `UNAUTHENTICATED`.
    func operatorClaims(_ authorization: String?, at now: Timestamp) throws(AppError) -> OperatorClaims {
        guard let authorization, let token = Self.bearer(authorization), token.utf8.count <= JWTVerifier.maximumBytes else {
            throw AppError(.unauthenticated, "Expected `Authorization: Bearer` with an operator's token; POST /auth/operator gives one")
        }
        return try state.withLock { $0.verifier }.operatorClaims(String(token), at: now)
    }

    private func claims(of token: Substring, at now: Timestamp) throws(AppError) -> AccessClaims {
        guard token.utf8.count <= JWTVerifier.maximumBytes else { throw AppError(.unauthenticated) }
        let key = SHA256.hash(token)
        let (known, verifier, forgotten) = state.withLock { ($0.known.claims(key, at: now), $0.verifier, $0.forgotten) }
        if let known { return known }
        let claims = try verifier.access(String(token), at: now)
        state.withLock { if $0.forgotten == forgotten { $0.known.insert(claims, for: key) } }
        return claims
    }

    /// What stands behind the word `Bearer`, whose case does not count (RFC 9110 section 11.1).
    private static func bearer(_ line: String) -> Substring? {
        let bytes = line.utf8
        var word = "bearer ".utf8.makeIterator()
        var place = bytes.startIndex
        while let expected = word.next() {
            guard place < bytes.endIndex, bytes[place] | 0x20 == expected else { return nil }
            place = bytes.index(after: place)
        }
        return line[place...]
    }
}
