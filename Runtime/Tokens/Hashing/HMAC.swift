/// HMAC-SHA256 (RFC 2104) under one key, whose two padded blocks are hashed once, when it is made.
public struct HMACKey: Sendable {
    private let inner: SHA256
    private let outer: SHA256

    /// A key of any length; one above 64 bytes counts by its hash, as the RFC says.
    public init(_ secret: [UInt8]) {
        let key = secret.count > 64 ? SHA256.hash(secret).bytes : secret
        let block = key + [UInt8](repeating: 0, count: 64 - key.count)
        var inner = SHA256()
        inner.update(block.map { $0 ^ 0x36 })
        var outer = SHA256()
        outer.update(block.map { $0 ^ 0x5C })
        self.inner = inner
        self.outer = outer
    }

    /// The MAC of a message.
    public func authenticate(_ message: [UInt8]) -> Digest {
        message.withUnsafeBytes { authenticate($0) }
    }

    /// Whether a MAC belongs to a message; compared in constant time.
    public func isValid(_ mac: Digest, for message: [UInt8]) -> Bool { authenticate(message) == mac }

    func authenticate(_ message: UnsafeRawBufferPointer) -> Digest {
        var hash = inner
        hash.update(message)
        var result = outer
        result.update(hash.finalize())
        return result.finalize()
    }
}

extension HMACKey: CustomStringConvertible {
    /// Never the key.
    public var description: String { "HMACKey(****)" }
}
