public import Kernel

/// Signs JSON Web Tokens with one key, whose name stands in each header.
public struct JWTSigner: Sendable {
    private let algorithm: JWTAlgorithm
    private let material: [UInt8]
    /// The key with which the tokens can be verified.
    public let verificationKey: JWTKey

    /// A signer with RS256, named by the key's thumbprint unless another name is given.
    public init(_ key: RSAKey, id: String? = nil) {
        algorithm = .rs256
        material = Array(key.privatePEM.utf8)
        verificationKey = .rs256(key.publicKey, id: id)
    }

    /// A signer with HS256. Throws as ``JWTKey/hs256(id:secret:)`` does.
    public init(secret: [UInt8], id: String) throws(AppError) {
        algorithm = .hs256
        material = secret
        verificationKey = try .hs256(id: id, secret: secret)
    }

    /// A token with these claims. RS256 takes about a millisecond.
    public func sign(_ claims: JSONObject) throws(AppError) -> String {
        let token = try JWTHandle.new(algorithm: algorithm, key: material)
        try token.setHeader("kid", verificationKey.id)
        var writer = JSONWriter()
        try writer.value(.object(claims))
        try token.setClaims(String(decoding: writer.bytes, as: UTF8.self))
        return try token.encoded()
    }
}

extension JWTSigner: CustomStringConvertible {
    /// Name and algorithm, never the key.
    public var description: String { "JWTSigner(\(verificationKey.id), \(algorithm.rawValue))" }
}
