public import Kernel

/// A pair of RSA keys with which tokens are signed.
public struct RSAKey: Sendable {
    let key: SharedKey
    /// The private key as PEM (PKCS #8). A secret.
    public let privatePEM: String
    /// The public key.
    public let publicKey: RSAPublicKey

    /// A new pair of 2048 bits. Takes a tenth of a second, at times much more: call it on a blocking pool.
    public static func generate() throws(AppError) -> RSAKey {
        try RSAKey(OpenSSLKey.generateRSA(bits: 2048))
    }

    /// The pair whose private key is in a PEM text, PKCS #8 or PKCS #1. Throws `INTERNAL_ERROR` for anything else and below 2048 bits.
    public init(privatePEM: String) throws(AppError) {
        try self.init(OpenSSLKey(privatePEM: privatePEM))
    }

    private init(_ key: consuming OpenSSLKey) throws(AppError) {
        privatePEM = try key.privatePEM()
        publicKey = try RSAPublicKey(pem: key.publicPEM())
        self.key = SharedKey(key)
    }
}

extension RSAKey: CustomStringConvertible {
    /// The name, never the private key.
    public var description: String { "RSAKey(\(publicKey.id))" }
}

/// The half of an RSA key that may be known.
public struct RSAPublicKey: Hashable, Sendable {
    /// The key as PEM (SubjectPublicKeyInfo).
    public let pem: String
    /// The key's name in tokens: its SHA-256 thumbprint (RFC 7638).
    public let id: String
    let key: SharedKey
    private let modulus: String
    private let exponent: String

    /// The key in a PEM text. Throws `INTERNAL_ERROR` for anything else and below 2048 bits.
    public init(pem: String) throws(AppError) {
        let key = try OpenSSLKey(publicPEM: pem)
        guard key.isRSA, key.bits >= 2048 else { throw AppError(.internalError, detail: "expected an RSA key of at least 2048 bits") }
        self.pem = try key.publicPEM()
        modulus = Base64.url.encode(try key.number("n"))
        exponent = Base64.url.encode(try key.number("e"))
        id = Base64.url.encode(SHA256.hash("{\"e\":\"\(exponent)\",\"kty\":\"RSA\",\"n\":\"\(modulus)\"}").bytes)
        self.key = SharedKey(key)
    }

    public static func == (a: RSAPublicKey, b: RSAPublicKey) -> Bool { a.pem == b.pem }

    public func hash(into hasher: inout Hasher) { hasher.combine(pem) }

    /// The key as a JSON Web Key (RFC 7517) for RS256 signatures.
    public var jwk: JSONValue {
        ["kty": "RSA", "use": "sig", "alg": "RS256", "kid": .string(id), "n": .string(modulus), "e": .string(exponent)]
    }
}
