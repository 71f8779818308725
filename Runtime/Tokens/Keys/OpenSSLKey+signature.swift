internal import COpenSSL
internal import Kernel

extension OpenSSLKey {
    /// Whether a signature fits a message. ECDSA's is the two numbers, each as long as the curve's (RFC 7518 section 3.4).
    borrowing func verify(_ signature: [UInt8], for message: UnsafeRawBufferPointer, _ algorithm: JWSAlgorithm) -> Bool {
        // What OpenSSL notes of a refusal would stay on the thread and be taken for another call's.
        defer { ERR_clear_error() }
        guard let signature = Self.inner(signature, algorithm) else { return false }
        return Self.withDigest(algorithm) { context, hash in
            var settings: OpaquePointer?
            guard EVP_DigestVerifyInit(context, &settings, hash, nil, raw) == 1, Self.set(settings, algorithm) else { return false }
            return EVP_DigestVerify(context, signature, signature.count, message.baseAddress, message.count) == 1
        }
    }

    /// The signature of a message. Throws `INTERNAL_ERROR` where the key has no private part. RSA of 2048 bits takes about a quarter of a millisecond.
    borrowing func sign(_ message: [UInt8], _ algorithm: JWSAlgorithm) throws(AppError) -> [UInt8] {
        precondition(algorithm.family != .ecdsa, "nothing is signed with ECDSA here")
        defer { ERR_clear_error() }
        var signature = [UInt8](repeating: 0, count: Int(EVP_PKEY_get_size(raw)))
        var count = signature.count
        let isSigned = Self.withDigest(algorithm) { context, hash in
            var settings: OpaquePointer?
            return EVP_DigestSignInit(context, &settings, hash, nil, raw) == 1 && Self.set(settings, algorithm)
                && EVP_DigestSign(context, &signature, &count, message, message.count) == 1
        }
        guard isSigned else { throw AppError(.internalError, detail: "a token could not be signed") }
        return Array(signature.prefix(count))
    }

    private static func set(_ settings: OpaquePointer?, _ algorithm: JWSAlgorithm) -> Bool {
        guard algorithm.family == .pss else { return true }
        return EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) == 1
            && EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST) == 1
    }

    /// The signature in the form that OpenSSL reads; nil where its length is not the algorithm's.
    private static func inner(_ signature: [UInt8], _ algorithm: JWSAlgorithm) -> [UInt8]? {
        guard let curve = algorithm.curve else { return signature }
        guard signature.count == 2 * curve.bytes else { return nil }
        let pair = ECDSA_SIG_new()
        defer { ECDSA_SIG_free(pair) }
        let r = signature.withUnsafeBufferPointer { BN_bin2bn($0.baseAddress, Int32(curve.bytes), nil) }
        let s = signature.withUnsafeBufferPointer { BN_bin2bn($0.baseAddress! + curve.bytes, Int32(curve.bytes), nil) }
        guard ECDSA_SIG_set0(pair, r, s) == 1 else {
            BN_free(r)
            BN_free(s)
            return nil
        }
        var bytes = [UInt8](repeating: 0, count: max(0, Int(i2d_ECDSA_SIG(pair, nil))))
        let count = bytes.withUnsafeMutableBufferPointer { buffer in
            var end = buffer.baseAddress
            return i2d_ECDSA_SIG(pair, &end)
        }
        return count > 0 && Int(count) == bytes.count ? bytes : nil
    }

    /// Lends OpenSSL's state of one signature.
    private static func withDigest(_ algorithm: JWSAlgorithm, _ body: (OpaquePointer, OpaquePointer?) -> Bool) -> Bool {
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        switch algorithm.bits {
        case 256: return body(context, EVP_sha256())
        case 384: return body(context, EVP_sha384())
        default: return body(context, EVP_sha512())
        }
    }
}
