import Kernel
import Synchronization
import Tokens

/// Finds out who a token speaks for. A token is verified once, then known by its hash until it expires.
final class Authenticator: Sendable {
    private let verifier: JWTVerifier
    private let cache: Mutex<TokenCache<Digest>>

    /// Remembers at most that many tokens; 20,000 by default.
    init(verifier: JWTVerifier, remembered: Int = 20_000) {
        self.verifier = verifier
        cache = Mutex(TokenCache(limit: remembered))
    }

    /// The claims of the `Authorization` line. Throws `UNAUTHENTICATED`.
    func claims(_ authorization: String?, at now: Timestamp) throws(AppError) -> AccessClaims {
        guard let authorization, authorization.utf8.count <= JWTVerifier.maximumBytes + 7 else { throw AppError(.unauthenticated) }
        let key = SHA256.hash(authorization)
        if let known = cache.withLock({ $0.claims(key, at: now) }) { return known }
        guard authorization.utf8.count > 7, authorization.prefix(7).lowercased() == "bearer " else {
            throw AppError(.unauthenticated, "Expected `Authorization: Bearer` with an access token")
        }
        let claims = try verifier.access(String(authorization.dropFirst(7)), at: now)
        cache.withLock { $0.insert(claims, for: key) }
        return claims
    }
}
