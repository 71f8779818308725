internal import COpenSSL
public import Kernel

/// Encrypts and authenticates bytes that are stored elsewhere: AES-256-GCM (NIST SP 800-38D).
///
/// Every sealing takes 12 fresh random bytes as its nonce; a key is good for 2³² of them, far above what one tenant's recordings come to.
public struct SealingKey: Sendable {
    private static let nonceBytes = 12
    private static let tagBytes = 16
    private let bytes: [UInt8]

    /// A key of 32 bytes. Throws `INTERNAL_ERROR` for any other length.
    public init(_ bytes: [UInt8]) throws(AppError) {
        guard bytes.count == 32 else { throw AppError(.internalError, detail: "a sealing key has \(bytes.count) bytes, expected 32") }
        self.bytes = bytes
    }

    /// Nonce, ciphertext and tag. Who opens it must name the same associated bytes, which are not part of it.
    public func seal(_ plain: [UInt8], for associated: [UInt8]) throws(AppError) -> [UInt8] {
        try seal(plain, for: associated, nonce: SecureRandom.bytes(Self.nonceBytes))
    }

    /// What was sealed. Throws `FORBIDDEN` where the key or the associated bytes are others, or a bit has changed.
    public func open(_ sealed: [UInt8], for associated: [UInt8]) throws(AppError) -> [UInt8] {
        let refused = AppError(.forbidden, "this key does not open it, or it was changed")
        guard sealed.count >= Self.nonceBytes + Self.tagBytes else { throw refused }
        let nonce = Array(sealed.prefix(Self.nonceBytes))
        let cipher = Array(sealed[Self.nonceBytes..<(sealed.count - Self.tagBytes)])
        var tag = Array(sealed.suffix(Self.tagBytes))
        let context = try Self.context()
        defer { EVP_CIPHER_CTX_free(context) }
        var plain = [UInt8](repeating: 0, count: cipher.count + Self.tagBytes)
        var count: Int32 = 0
        var rest: Int32 = 0
        guard EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), nil, bytes, nonce) == 1,
            associated.isEmpty || EVP_DecryptUpdate(context, nil, &count, associated, Int32(associated.count)) == 1,
            cipher.isEmpty || EVP_DecryptUpdate(context, &plain, &count, cipher, Int32(cipher.count)) == 1,
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, Int32(Self.tagBytes), &tag) == 1,
            EVP_DecryptFinal_ex(context, &plain, &rest) == 1
        else { throw refused }
        return Array(plain.prefix(cipher.count))
    }

    /// With a nonce of the caller's, for test vectors; one that is used twice under a key gives the key away.
    func seal(_ plain: [UInt8], for associated: [UInt8], nonce: [UInt8]) throws(AppError) -> [UInt8] {
        let context = try Self.context()
        defer { EVP_CIPHER_CTX_free(context) }
        var cipher = [UInt8](repeating: 0, count: plain.count + Self.tagBytes)
        var tag = [UInt8](repeating: 0, count: Self.tagBytes)
        var count: Int32 = 0
        var rest: Int32 = 0
        guard EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), nil, bytes, nonce) == 1,
            associated.isEmpty || EVP_EncryptUpdate(context, nil, &count, associated, Int32(associated.count)) == 1,
            plain.isEmpty || EVP_EncryptUpdate(context, &cipher, &count, plain, Int32(plain.count)) == 1,
            EVP_EncryptFinal_ex(context, &tag, &rest) == 1,
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, Int32(Self.tagBytes), &tag) == 1
        else { throw AppError(.internalError, detail: "AES-256-GCM failed") }
        return nonce + cipher.prefix(plain.count) + tag
    }

    private static func context() throws(AppError) -> OpaquePointer {
        guard let context = EVP_CIPHER_CTX_new() else { throw AppError(.internalError, detail: "no memory for a cipher") }
        return context
    }
}

extension SealingKey: CustomStringConvertible {
    /// Never the key.
    public var description: String { "SealingKey(****)" }
}
