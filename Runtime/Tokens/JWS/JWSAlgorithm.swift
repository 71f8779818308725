/// How something is signed (RFC 7518 section 3). A key has one algorithm; what it signed cannot choose (RFC 8725 section 3.1).
///
/// Access tokens are signed with RS256 or HS256; the others are for what sign-in providers sign.
public enum JWSAlgorithm: String, Sendable, Codable, CaseIterable {
    /// RSASSA-PKCS1-v1_5.
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    /// RSASSA-PSS, the salt as long as the hash.
    case ps256 = "PS256"
    case ps384 = "PS384"
    case ps512 = "PS512"
    /// ECDSA on P-256, P-384 and P-521.
    case es256 = "ES256"
    case es384 = "ES384"
    case es512 = "ES512"
    /// HMAC.
    case hs256 = "HS256"

    enum Family: Sendable {
        case rsa, pss, ecdsa, hmac
    }

    var family: Family {
        switch self {
        case .rs256, .rs384, .rs512: .rsa
        case .ps256, .ps384, .ps512: .pss
        case .es256, .es384, .es512: .ecdsa
        case .hs256: .hmac
        }
    }

    /// Bits of the hash.
    var bits: Int {
        switch self {
        case .rs256, .ps256, .es256, .hs256: 256
        case .rs384, .ps384, .es384: 384
        case .rs512, .ps512, .es512: 512
        }
    }

    /// A curve of RFC 7518 section 6.2.1.1.
    struct Curve: Sendable {
        /// In a JSON Web Key.
        let name: String
        /// For OpenSSL.
        let group: String
        /// Its object identifier (RFC 5480 section 2.1.1.1).
        let object: [Int]
        /// The length of a coordinate.
        let bytes: Int
    }

    /// The curve; nil where there is none.
    var curve: Curve? {
        switch self {
        case .es256: Curve(name: "P-256", group: "prime256v1", object: [1, 2, 840, 10045, 3, 1, 7], bytes: 32)
        case .es384: Curve(name: "P-384", group: "secp384r1", object: [1, 3, 132, 0, 34], bytes: 48)
        case .es512: Curve(name: "P-521", group: "secp521r1", object: [1, 3, 132, 0, 35], bytes: 66)
        default: nil
        }
    }
}
