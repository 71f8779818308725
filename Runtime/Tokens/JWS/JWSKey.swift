public import Kernel

/// A key that signatures are verified with, under its name and with its one algorithm.
public struct JWSKey: Sendable {
    private enum Material: Sendable {
        case secret(HMACKey)
        case key(SharedKey)
    }

    /// The name by which a header asks for it (`kid`).
    public let id: String
    /// The only algorithm that the key is used with.
    public let algorithm: JWSAlgorithm
    private let material: Material

    /// RS256 under the key's thumbprint, or another name.
    public static func rs256(_ key: RSAPublicKey, id: String? = nil) -> JWSKey {
        JWSKey(id: id ?? key.id, algorithm: .rs256, material: .key(key.key))
    }

    /// HS256. Throws `INTERNAL_ERROR` below 32 bytes (RFC 7518 section 3.2), and for a PEM text: a public key used as a secret is known to all.
    public static func hs256(id: String, secret: [UInt8]) throws(AppError) -> JWSKey {
        guard secret.count >= 32 else { throw AppError(.internalError, detail: "an HS256 secret has at least 32 bytes, not \(secret.count)") }
        guard !String(decoding: secret.prefix(64), as: UTF8.self).contains("-----BEGIN") else {
            throw AppError(.internalError, detail: "an HS256 secret is not a PEM text")
        }
        return JWSKey(id: id, algorithm: .hs256, material: .secret(HMACKey(secret)))
    }

    /// A public key as PEM (SubjectPublicKeyInfo) for an algorithm. Throws `INTERNAL_ERROR` where they do not belong together.
    public init(publicPEM: String, algorithm: JWSAlgorithm, id: String) throws(AppError) {
        try self.init(SharedKey(OpenSSLKey(publicPEM: publicPEM)), algorithm, id)
    }

    /// A public key from its JSON Web Key (RFC 7517, RFC 7518 section 6): RSA from 2048 bits on, P-256, P-384, P-521.
    ///
    /// A key that says nothing of its algorithm is for RS256, or for the one of its curve. Throws `INTERNAL_ERROR`, with the reason in the detail,
    /// for secrets, for keys that are not for verifying (`use`, `key_ops`), and for parts that are missing or do not fit each other.
    public init(jwk: JSONObject) throws(AppError) {
        if let use = jwk["use"], use != "sig" { throw Self.refused("its use is not sig") }
        if let operations = jwk["key_ops"] {
            guard let operations = operations.array, operations.contains("verify") else { throw Self.refused("its key_ops have no verify") }
        }
        func number(_ name: String) throws(AppError) -> [UInt8] {
            guard let bytes = jwk[name]?.string.flatMap({ Base64.url.decode($0) }), !bytes.isEmpty, bytes.count <= 1024 else {
                throw Self.refused("\(name) is missing or not base64url")
            }
            return bytes
        }
        let named = jwk["alg"]?.string
        let curve = jwk["crv"]?.string
        let standard = jwk["kty"] == "EC" ? JWSAlgorithm.allCases.first { $0.curve?.name == curve } : .rs256
        guard let algorithm = named.map({ JWSAlgorithm(rawValue: $0) }) ?? standard else { throw Self.refused("its algorithm or curve is not known") }
        let id = jwk["kid"]?.string ?? ""
        switch jwk["kty"] {
        case "RSA": try self.init(SharedKey(OpenSSLKey(modulus: number("n"), exponent: number("e"))), algorithm, id)
        case "EC":
            guard let known = algorithm.curve, curve == known.name else { throw Self.refused("its curve is not its algorithm's") }
            try self.init(SharedKey(OpenSSLKey(curve: known, x: number("x"), y: number("y"))), algorithm, id)
        default: throw Self.refused("its kty is neither RSA nor EC")
        }
    }

    private init(_ key: SharedKey, _ algorithm: JWSAlgorithm, _ id: String) throws(AppError) {
        switch algorithm.family {
        case .rsa, .pss: guard key.key.isRSA, key.key.bits >= 2048 else { throw Self.refused("expected an RSA key of at least 2048 bits") }
        case .ecdsa: guard key.key.group == algorithm.curve?.group else { throw Self.refused("its curve is not its algorithm's") }
        case .hmac: throw Self.refused("a public key is no secret")
        }
        self.init(id: id, algorithm: algorithm, material: .key(key))
    }

    private init(id: String, algorithm: JWSAlgorithm, material: Material) {
        self.id = id
        self.algorithm = algorithm
        self.material = material
    }

    /// Whether a signature fits a message. Takes some 50 µs.
    public func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool { message.withUnsafeBytes { verify(signature, for: $0) } }

    /// Whether a signature fits a message.
    func verify(_ signature: [UInt8], for message: UnsafeRawBufferPointer) -> Bool {
        switch material {
        case .secret(let key): Digest(signature).map { $0 == key.authenticate(message) } ?? false
        case .key(let key): key.key.verify(signature, for: message, algorithm)
        }
    }

    private static func refused(_ reason: String) -> AppError { AppError(.internalError, detail: "a key cannot be used: \(reason)") }
}

extension JWSKey: CustomStringConvertible {
    /// Name and algorithm, never the key.
    public var description: String { "JWSKey(\(id), \(algorithm.rawValue))" }
}
