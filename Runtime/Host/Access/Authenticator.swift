import Kernel
import Synchronization
import Tokens

/// Finds out who a token speaks for. A token is verified once, then known by its hash until it expires.
final class Authenticator: Sendable {
    /// What a request brought to prove who it is.
    enum Credential: Sendable, Hashable {
        /// An access token, which is what it says.
        case token(AccessClaims)
        /// Something of the form of an API key; the directory knows whether it is one.
        case key(Digest)
    }

    private let verifier: JWTVerifier
    private let cache: Mutex<TokenCache<Digest>>

    /// Remembers at most that many tokens; 20,000 by default.
    init(verifier: JWTVerifier, remembered: Int = 20_000) {
        self.verifier = verifier
        cache = Mutex(TokenCache(limit: remembered))
    }

    /// What the lines `Authorization` and `X-API-Key` hold; exactly one of them is expected. Throws `UNAUTHENTICATED`.
    func credential(_ authorization: String?, apiKey: String?, at now: Timestamp) throws(AppError) -> Credential {
        if let apiKey {
            guard authorization == nil else { throw AppError(.unauthenticated, "Expected either Authorization or X-API-Key") }
            guard APIKey.hasForm(apiKey) else { throw Principal.unknownKey }
            return .key(SHA256.hash(apiKey))
        }
        guard let authorization, authorization.utf8.count <= JWTVerifier.maximumBytes + 7 else { throw AppError(.unauthenticated) }
        let key = SHA256.hash(authorization)
        if let known = cache.withLock({ $0.claims(key, at: now) }) { return .token(known) }
        guard authorization.utf8.count > 7, authorization.prefix(7).lowercased() == "bearer " else {
            throw AppError(.unauthenticated, "Expected `Authorization: Bearer` with an access token or an API key")
        }
        let token = String(authorization.dropFirst(7))
        if APIKey.hasForm(token) { return .key(SHA256.hash(token)) }
        let claims = try verifier.access(token, at: now)
        cache.withLock { $0.insert(claims, for: key) }
        return .token(claims)
    }
}
