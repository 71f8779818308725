public import Kernel

/// A key that tokens are verified with, under its name and with its one algorithm.
public struct JWTKey: Sendable {
    /// The name that a token's header gives (`kid`).
    public let id: String
    /// The only algorithm that the key is used with.
    public let algorithm: JWTAlgorithm
    let material: [UInt8]

    /// RS256 under the key's thumbprint, or another name.
    public static func rs256(_ key: RSAPublicKey, id: String? = nil) -> JWTKey {
        JWTKey(id: id ?? key.id, algorithm: .rs256, material: Array(key.pem.utf8))
    }

    /// HS256. Throws `INTERNAL_ERROR` below 32 bytes (RFC 7518 section 3.2), and for a PEM text: a public key used as a secret is known to all.
    public static func hs256(id: String, secret: [UInt8]) throws(AppError) -> JWTKey {
        guard secret.count >= 32 else { throw AppError(.internalError, detail: "an HS256 secret has at least 32 bytes, not \(secret.count)") }
        guard !String(decoding: secret.prefix(64), as: UTF8.self).contains("-----BEGIN") else {
            throw AppError(.internalError, detail: "an HS256 secret is not a PEM text")
        }
        return JWTKey(id: id, algorithm: .hs256, material: secret)
    }
}

extension JWTKey: CustomStringConvertible {
    /// Name and algorithm, never the key.
    public var description: String { "JWTKey(\(id), \(algorithm.rawValue))" }
}
