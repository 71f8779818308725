internal import COpenSSL

/// SHA-1 (FIPS 180-4), by OpenSSL, for protocols that ask for it as a checksum. It proves nothing against anybody who wants to deceive.
public struct SHA1: Sendable {
    private var context = SHA_CTX()

    /// The state before the first byte.
    public init() { SHA1_Init(&context) }

    /// Takes in more bytes.
    public mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { _ = SHA1_Update(&context, $0.baseAddress, $0.count) }
    }

    /// The 20 bytes of the hash of all that was taken in.
    public consuming func finalize() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 20) { output, count in
            SHA1_Final(output.baseAddress, &context)
            count = 20
        }
    }
}
