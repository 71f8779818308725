internal import COpenSSL

/// SHA-256 (FIPS 180-4), by OpenSSL. A value: a copy goes on from where the original stood.
public struct SHA256: Sendable {
    private var context = SHA256_CTX()

    /// The state before the first byte.
    public init() { SHA256_Init(&context) }

    /// Takes in more bytes.
    public mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// Takes in more bytes, which are only read.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        SHA256_Update(&context, bytes.baseAddress, bytes.count)
    }

    mutating func update(_ digest: Digest) { digest.withBytes { update($0) } }

    /// The hash of all that was taken in.
    public consuming func finalize() -> Digest {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { output in
            SHA256_Final(output.baseAddress, &context)
            return Digest(UnsafeRawBufferPointer(output))
        }
    }

    /// The hash of these bytes.
    public static func hash(_ bytes: [UInt8]) -> Digest {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finalize()
    }

    /// The hash of a text's UTF-8.
    public static func hash(_ text: String) -> Digest { hash(text[...]) }

    /// The hash of a text's UTF-8.
    public static func hash(_ text: Substring) -> Digest {
        var hash = SHA256()
        var text = text
        text.withUTF8 { hash.update(UnsafeRawBufferPointer($0)) }
        return hash.finalize()
    }
}
