public import Kernel

/// Encrypts and authenticates bytes with the newest version of a secret, and opens what any version sealed (AES-256-GCM, see ``SealingKey``).
public struct SealingRing: Sendable {
    private let newest: Int
    private let keys: [Int: SealingKey]

    /// A ring over the versions of one secret.
    public init(_ secrets: SecretRing) throws(AppError) {
        newest = secrets.newest.id
        var keys: [Int: SealingKey] = [:]
        for version in secrets.all { keys[version.id] = try SealingKey(version.bytes) }
        self.keys = keys
    }

    /// The version's number in 4 bytes, then nonce, ciphertext and tag: 32 bytes more than the plain ones. Who opens it must name the same
    /// associated bytes, which are not part of it.
    public func seal(_ plain: [UInt8], for associated: [UInt8]) throws(AppError) -> [UInt8] {
        guard let key = keys[newest] else { throw AppError(.internalError, detail: "the newest version of a secret is missing") }
        return SecretRing.bytes(of: newest) + (try key.seal(plain, for: associated))
    }

    /// What was sealed. Throws `FORBIDDEN` where its version is no more, the associated bytes are others, or a bit has changed.
    public func open(_ sealed: [UInt8], for associated: [UInt8]) throws(AppError) -> [UInt8] {
        guard let key = keys[Self.version(of: sealed)] else { throw AppError(.forbidden, "the key that sealed it is not known") }
        return try key.open(Array(sealed.dropFirst(SecretRing.numberBytes)), for: associated)
    }

    /// Whether something was sealed with an older version: it is best sealed anew where it is written anyway.
    public func needsResealing(_ sealed: [UInt8]) -> Bool { Self.version(of: sealed) != newest }

    private static func version(of sealed: [UInt8]) -> Int { SecretRing.number(sealed.prefix(SecretRing.numberBytes)) }
}
