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
    public mutating func seal(_ plain: UnsafeRawBufferPointer, number: UInt32, _ mark: Mark, to sealed: inout [UInt8]) throws(AppError) {
        guard run(plain, number, mark, seals: true, tag: nil, into: &sealed) else { throw AppError(.internalError, detail: "AES-256-GCM failed") }
        let tag = withUnsafeTemporaryAllocation(byteCount: Self.tagBytes, alignment: 1) { tag -> [UInt8]? in
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, Int32(Self.tagBytes), tag.baseAddress) == 1 ? Array(tag) : nil
        }
        guard let tag else { throw AppError(.internalError, detail: "AES-256-GCM failed") }
        sealed += tag
    }

    /// Appends what was sealed to `plain`. Throws `FORBIDDEN` where key, number or mark are others, or a bit has changed; nothing is appended then.
    public mutating func open(_ sealed: UnsafeRawBufferPointer, number: UInt32, _ mark: Mark, to plain: inout [UInt8]) throws(AppError) {
        let count = sealed.count - Self.tagBytes
        let before = plain.count
        guard count >= 0,
            run(
                UnsafeRawBufferPointer(rebasing: sealed[..<count]), number, mark, seals: false,
                tag: UnsafeRawBufferPointer(rebasing: sealed[count...]), into: &plain)
        else {
            plain.removeLast(plain.count - before)
            throw AppError(.forbidden, "this key does not open it, or it was changed")
        }
    }

    private borrowing func run(
        _ input: UnsafeRawBufferPointer, _ number: UInt32, _ mark: Mark, seals: Bool, tag: UnsafeRawBufferPointer?, into output: inout [UInt8]
    ) -> Bool {
        var nonce: (UInt32, UInt32, UInt32) = (0, 0, 0)
        withUnsafeMutableBytes(of: &nonce) { bytes in
            bytes.storeBytes(of: number.bigEndian, toByteOffset: 7, as: UInt32.self)
            bytes[11] = mark.rawValue
        }
        let isReady = withUnsafeBytes(of: nonce) { bytes in
            EVP_CipherInit_ex(context, nil, nil, nil, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), seals ? 1 : 0) == 1
        }
        guard isReady else { return false }
        if let tag {
            // Only read; the function's type says otherwise.
            let memory = UnsafeMutableRawPointer(mutating: tag.baseAddress)
            guard EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, Int32(Self.tagBytes), memory) == 1 else { return false }
        }
        let start = output.count
        output.append(contentsOf: input)
        var count: Int32 = 0
        return output.withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return EVP_CipherFinal_ex(context, nil, &count) == 1 }
            // In place: the same memory is input and output.
            let place = base + start
            guard input.isEmpty || EVP_CipherUpdate(context, place, &count, place, Int32(input.count)) == 1 else { return false }
            return EVP_CipherFinal_ex(context, place + Int(count), &count) == 1
        }
    }
}
