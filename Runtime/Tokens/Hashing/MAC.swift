internal import COpenSSL
public import Kernel

/// HMAC (RFC 2104) with a hash function that a protocol prescribes; ``HMACKey`` is the product's own choice.
public enum MAC: String, Sendable, CaseIterable {
    /// SHA-1: for one-time codes alone, where authenticator apps know nothing else. HMAC does not need what is broken in it (RFC 6238 section 1.2).
    case sha1 = "SHA1"
    case sha256 = "SHA256"
    case sha512 = "SHA512"

    /// The MAC of a message: 20, 32 or 64 bytes. Throws `INTERNAL_ERROR` where OpenSSL refuses.
    public func authenticate(_ message: [UInt8], key: [UInt8]) throws(AppError) -> [UInt8] {
        let function =
            switch self {
            case .sha1: EVP_sha1()
            case .sha256: EVP_sha256()
            case .sha512: EVP_sha512()
            }
        var mac = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        guard COpenSSL.HMAC(function, key, Int32(key.count), message, message.count, &mac, &count) != nil else {
            throw AppError(.internalError, detail: "HMAC with \(rawValue) failed")
        }
        return Array(mac.prefix(Int(count)))
    }
}
