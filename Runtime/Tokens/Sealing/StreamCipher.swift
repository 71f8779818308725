internal import COpenSSL
public import Kernel

/// Seals a long message in numbered chunks, each of which can be opened alone: the STREAM construction (Hoang, Reyhanitabar, Rogaway and Vizár, "Online
/// Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", CRYPTO 2015, section 7) over AES-256-GCM.
///
/// The nonce is 7 zero bytes, the chunk's number in 4 bytes, big-endian, and its mark: chunks that are left out, moved, repeated or cut off at the end
/// do not open. One key seals one message; whoever makes keys gives each message another one. Used by one thread at a time.
public struct StreamCipher: ~Copyable, @unchecked Sendable {
    /// What a chunk is to its message.
    public enum Mark: UInt8, Sendable {
        /// Others follow.
        case inner = 0
        /// None follows.
        case last = 1
        /// Not of the message, but about it.
        case footer = 2
    }

    /// What each chunk is longer by, in bytes.
    public static let tagBytes = 16

    private let context: OpaquePointer

    /// A cipher under a key of 32 bytes. Throws `INTERNAL_ERROR` for any other length.
    public init(_ key: [UInt8]) throws(AppError) {
        guard key.count == 32 else { throw AppError(.internalError, detail: "a stream's key has \(key.count) bytes, expected 32") }
        guard let context = EVP_CIPHER_CTX_new() else { throw AppError(.internalError, detail: "no memory for a cipher") }
        guard EVP_CipherInit_ex(context, EVP_aes_256_gcm(), nil, key, nil, 1) == 1 else {
            EVP_CIPHER_CTX_free(context)
            throw AppError(.internalError, detail: "AES-256-GCM failed")
        }
        self.context = context
    }

    deinit { EVP_CIPHER_CTX_free(context) }

    /// Appends a chunk's ciphertext and tag to `sealed`.
    public borrowing func seal(_ plain: ArraySlice<UInt8>, number: UInt32, _ mark: Mark, to sealed: inout [UInt8]) throws(AppError) {
        let start = sealed.count
        sealed += plain
        sealed += repeatElement(0, count: Self.tagBytes)
        let context = context
        let isSealed = sealed.withUnsafeMutableBytes { bytes in
            Self.run(context, UnsafeMutableRawBufferPointer(rebasing: bytes[start...]), number, mark, seals: true)
        }
        guard isSealed else { throw AppError(.internalError, detail: "AES-256-GCM failed") }
    }

    /// Appends what was sealed to `plain`. Throws `FORBIDDEN` where key, number or mark are others, or a bit has changed; nothing is appended then.
    public borrowing func open(_ sealed: ArraySlice<UInt8>, number: UInt32, _ mark: Mark, to plain: inout [UInt8]) throws(AppError) {
        let refused = AppError(.forbidden, "this key does not open it, or it was changed")
        guard sealed.count >= Self.tagBytes else { throw refused }
        let start = plain.count
        plain += sealed
        let context = context
        let isOpened = plain.withUnsafeMutableBytes { bytes in
            Self.run(context, UnsafeMutableRawBufferPointer(rebasing: bytes[start...]), number, mark, seals: false)
        }
        plain.removeLast(isOpened ? Self.tagBytes : sealed.count)
        guard isOpened else { throw refused }
    }

    /// Works in place: the text, and its tag behind it.
    private static func run(_ context: OpaquePointer, _ place: UnsafeMutableRawBufferPointer, _ number: UInt32, _ mark: Mark, seals: Bool) -> Bool {
        guard let text = place.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return false }
        let count = place.count - tagBytes
        let isReady = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 12) { nonce in
            nonce.initialize(repeating: 0)
            for index in 0..<4 { nonce[7 + index] = UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * index)) }
            nonce[11] = mark.rawValue
            return EVP_CipherInit_ex(context, nil, nil, nil, nonce.baseAddress, seals ? 1 : 0) == 1
        }
        guard isReady, seals || EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, Int32(tagBytes), text + count) == 1 else { return false }
        var done: Int32 = 0
        var rest: Int32 = 0
        var nothing: UInt8 = 0
        guard count == 0 || EVP_CipherUpdate(context, text, &done, text, Int32(count)) == 1, EVP_CipherFinal_ex(context, &nothing, &rest) == 1 else {
            return false
        }
        return !seals || EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, Int32(tagBytes), text + count) == 1
    }
}
