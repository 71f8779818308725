public import Kernel

/// Signs JSON Web Tokens with one key, whose name stands in each header.
public struct JWTSigner: Sendable {
    private enum Material: Sendable {
        case secret(HMACKey)
        case key(SharedKey)
    }

    private let material: Material
    private let header: String
    /// The key with which the tokens can be verified.
    public let verificationKey: JWSKey

    /// A signer with RS256, named by the key's thumbprint unless another name is given.
    public init(_ key: RSAKey, id: String? = nil) {
        self.init(.key(key.key), .rs256(key.publicKey, id: id))
    }

    /// A signer with HS256. Throws as ``JWSKey/hs256(id:secret:)`` does.
    public init(secret: [UInt8], id: String) throws(AppError) {
        self.init(.secret(HMACKey(secret)), try .hs256(id: id, secret: secret))
    }

    private init(_ material: Material, _ key: JWSKey) {
        self.material = material
        verificationKey = key
        let members: JSONValue = ["alg": .string(key.algorithm.rawValue), "kid": .string(key.id), "typ": "JWT"]
        header = Base64.url.encode(Array(members.description.utf8))
    }

    /// A token with these claims. RS256 takes about a quarter of a millisecond.
    public func sign(_ claims: JSONObject) throws(AppError) -> String {
        var writer = JSONWriter()
        try writer.value(.object(claims))
        return try sign(payload: writer.bytes)
    }

    /// The compact form (RFC 7515 section 7.1) of any bytes.
    func sign(payload: [UInt8]) throws(AppError) -> String {
        let input = "\(header).\(Base64.url.encode(payload))"
        let signature =
            switch material {
            case .secret(let key): key.authenticate(Array(input.utf8)).bytes
            case .key(let key): try key.key.sign(Array(input.utf8), .rs256)
            }
        return "\(input).\(Base64.url.encode(signature))"
    }
}

extension JWTSigner: CustomStringConvertible {
    /// Name and algorithm, never the key.
    public var description: String { "JWTSigner(\(verificationKey.id), \(verificationKey.algorithm.rawValue))" }
}
