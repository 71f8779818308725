public import Kernel

/// Signs JSON Web Tokens. Of several keys each has its time; the key's name stands in each header.
public struct JWTSigner: Sendable {
    private enum Material: Sendable {
        case secret(HMACKey)
        case key(SharedKey)
    }

    private struct Key: Sendable {
        let material: Material
        let header: String
        let verification: JWSKey
        let from: Timestamp

        init(_ material: Material, _ verification: JWSKey, from: Timestamp) {
            self.material = material
            self.verification = verification
            self.from = from
            let members: JSONValue = ["alg": .string(verification.algorithm.rawValue), "kid": .string(verification.id), "typ": "JWT"]
            header = Base64.url.encode(Array(members.description.utf8))
        }
    }

    /// The latest first; never empty.
    private let keys: [Key]

    /// The latest key, for whoever verifies the tokens.
    public var verificationKey: JWSKey { keys[0].verification }

    /// A signer with RS256, named by the key's thumbprint unless another name is given.
    public init(_ key: RSAKey, id: String? = nil) {
        keys = [Key(.key(key.key), .rs256(key.publicKey, id: id), from: Timestamp(seconds: 0))]
    }

    /// A signer with HS256. Throws as ``JWSKey/hs256(id:secret:)`` does.
    public init(secret: [UInt8], id: String) throws(AppError) {
        keys = [Key(.secret(HMACKey(secret)), try .hs256(id: id, secret: secret), from: Timestamp(seconds: 0))]
    }

    /// A signer with what a handler is given as `jwt_signing_keys`: the key that signs now, and the next one where its time is known.
    ///
    /// Throws `INTERNAL_ERROR` for any other bytes.
    public init(signingKeys: [UInt8]) throws(AppError) {
        let ring = try JWTKeyRing(json: signingKeys)
        var keys: [Key] = []
        for key in ring.keys {
            guard let from = key.signsFrom else { continue }
            switch try key.material {
            case .rsa(let pair): keys.append(Key(.key(pair.key), .rs256(pair.publicKey, id: key.id), from: from))
            case .secret(let secret): keys.append(Key(.secret(HMACKey(secret)), try .hs256(id: key.id, secret: secret), from: from))
            }
        }
        guard !keys.isEmpty else { throw AppError(.internalError, detail: "there is no key that signs tokens") }
        self.keys = keys.sorted { $0.from > $1.from }
    }

    /// An access token, signed with the key whose time it was when the token was issued. RS256 takes about a quarter of a millisecond.
    public func sign(_ claims: AccessClaims) throws(AppError) -> String {
        try sign(claims.json, with: keys.first { $0.from <= claims.issuedAt } ?? keys[keys.count - 1])
    }

    /// An operator's token, signed in the same way.
    public func sign(_ claims: OperatorClaims) throws(AppError) -> String {
        try sign(claims.json, with: keys.first { $0.from <= claims.issuedAt } ?? keys[keys.count - 1])
    }

    /// A token with any claims, signed with the latest key.
    public func sign(_ claims: JSONObject) throws(AppError) -> String { try sign(claims, with: keys[0]) }

    /// The compact form (RFC 7515 section 7.1).
    private func sign(_ claims: JSONObject, with key: Key) throws(AppError) -> String {
        var writer = JSONWriter()
        try writer.value(.object(claims))
        let input = "\(key.header).\(Base64.url.encode(writer.bytes))"
        let signature =
            switch key.material {
            case .secret(let secret): secret.authenticate(Array(input.utf8)).bytes
            case .key(let key): try key.key.sign(Array(input.utf8), .rs256)
            }
        return "\(input).\(Base64.url.encode(signature))"
    }
}

extension JWTSigner: CustomStringConvertible {
    /// Names and algorithms, never the keys.
    public var description: String { "JWTSigner(\(keys.map { "\($0.verification)" }.joined(separator: ", ")))" }
}
