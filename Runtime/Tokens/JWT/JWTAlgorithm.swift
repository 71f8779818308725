internal import CJWT

/// How a token is signed. A key has one algorithm; a token cannot choose (RFC 8725 section 3.1).
public enum JWTAlgorithm: String, Sendable {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    case rs256 = "RS256"
    /// HMAC with SHA-256.
    case hs256 = "HS256"

    var libjwt: jwt_alg_t {
        switch self {
        case .rs256: JWT_ALG_RS256
        case .hs256: JWT_ALG_HS256
        }
    }
}
