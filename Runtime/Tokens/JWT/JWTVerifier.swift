public import Kernel

/// Verifies JSON Web Tokens (RFC 7519) after the advice of RFC 8725.
///
/// The header is read strictly: exactly `alg` and `kid`, and `typ` if it is `JWT`; `jku`, `x5u`, `jwk` and `x5c` would name their own key (RFC 8725
/// section 3.10). Its `kid` picks the key, and the key, not the token, says the algorithm. Nothing is ever fetched. Times and names in the claims
/// are checked here.
public struct JWTVerifier: Sendable {
    private let keys: [String: JWSKey]
    private let issuer: String
    private let audience: String
    private let leeway: Duration
    private let maximumLifetime: Duration

    /// Longer tokens are refused unread, in bytes.
    public static let maximumBytes = CompactJWS.maximumBytes

    /// How long a token may be valid, unless a verifier is told otherwise.
    public static let longestLifetime = Duration.seconds(3600)

    /// A verifier that knows these keys.
    ///
    /// `leeway` is how far ahead the signer's clock may be (`iat`, `nbf`); defaults to 5 seconds, 30 at most. The end (`exp`) has none.
    /// `maximumLifetime` bounds `exp - iat`.
    public init(
        keys: [JWSKey], issuer: String = "tenantry", audience: String = "tenantry", leeway: Duration = .seconds(5),
        maximumLifetime: Duration = longestLifetime
    ) {
        self.keys = Dictionary(keys.map { ($0.id, $0) }) { first, _ in first }
        self.issuer = issuer
        self.audience = audience
        self.leeway = min(max(leeway, .zero), .seconds(30))
        self.maximumLifetime = maximumLifetime
    }

    /// One with the same keys for tokens that are meant for somebody else.
    public func audience(_ audience: String) -> JWTVerifier { JWTVerifier(self, audience: audience) }

    private init(_ other: JWTVerifier, audience: String) {
        keys = other.keys
        issuer = other.issuer
        self.audience = audience
        leeway = other.leeway
        maximumLifetime = other.maximumLifetime
    }

    /// The claims of a token that is valid at a moment.
    ///
    /// Throws `UNAUTHENTICATED` for every other token, with the reason in the detail, for the log alone.
    public func claims(of token: String, at now: Timestamp) throws(AppError) -> JSONObject {
        let token = try CompactJWS(token)
        if let stranger = token.header.stranger { throw Self.refused("the header has a member that is not known: \(stranger.prefix(32))") }
        guard let keyID = token.header.keyID else { throw Self.refused("the header lacks kid") }
        guard let key = keys[keyID], key.id.utf8.elementsEqual(keyID.utf8) else { throw Self.refused("the key is not known") }
        guard token.header.algorithm == key.algorithm.rawValue else { throw Self.refused("the algorithm is not the key's") }
        guard token.isSigned(by: key) else { throw Self.refused("the signature does not fit") }
        let claims = try Self.object(in: token.payload, "the claims")
        try check(claims, at: now)
        return claims
    }

    private func check(_ claims: JSONObject, at now: Timestamp) throws(AppError) {
        guard claims["iss"] == .string(issuer) else { throw Self.refused("iss is not \(issuer)") }
        guard claims["aud"] == .string(audience) else { throw Self.refused("aud is not \(audience)") }
        guard let issued = try time("iat", in: claims), let expiry = try time("exp", in: claims) else { throw Self.refused("iat or exp is missing") }
        let latest = now + leeway
        guard issued <= latest else { throw Self.refused("issued in the future") }
        guard expiry > issued, expiry - issued <= maximumLifetime else { throw Self.refused("exp is not within the lifetime after iat") }
        guard now < expiry else { throw Self.refused("expired") }
        if let notBefore = try time("nbf", in: claims), notBefore > latest { throw Self.refused("not valid yet") }
    }

    /// A whole number of seconds since 1970 up to the year 9999, written as such; nil where the claim is absent.
    private func time(_ name: String, in claims: JSONObject) throws(AppError) -> Timestamp? {
        guard let value = claims[name] else { return nil }
        guard case .integer(let seconds) = value, (0...253_402_300_799).contains(seconds) else { throw Self.refused("\(name) is no time") }
        return Timestamp(seconds: seconds)
    }

    static func object(in bytes: [UInt8], _ part: String) throws(AppError) -> JSONObject {
        do throws(AppError) {
            if let object = try JSONReader(maximumDepth: 8).read(bytes).object { return object }
        } catch {
            throw refused("\(part): \(error.message)")
        }
        throw refused("\(part): expected an object")
    }

    static func refused(_ reason: String) -> AppError {
        AppError(.unauthenticated, detail: "token refused: \(reason)")
    }
}
