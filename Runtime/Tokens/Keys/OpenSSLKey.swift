internal import COpenSSL
internal import Kernel

/// The one owner of an OpenSSL key.
struct OpenSSLKey: ~Copyable {
    let raw: OpaquePointer

    init(owning raw: OpaquePointer) { self.raw = raw }

    deinit { EVP_PKEY_free(raw) }

    /// A new RSA key.
    static func generateRSA(bits: Int32) throws(AppError) -> OpenSSLKey {
        guard let context = EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, nil) else { throw failure("no context for RSA keys") }
        defer { EVP_PKEY_CTX_free(context) }
        var raw: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1, EVP_PKEY_CTX_set_rsa_keygen_bits(context, bits) == 1, EVP_PKEY_generate(context, &raw) == 1,
            let raw
        else { throw failure("no RSA key could be made") }
        return OpenSSLKey(owning: raw)
    }

    /// The private key in a PEM text.
    init(privatePEM: String) throws(AppError) {
        let memory = MemoryBIO(privatePEM)
        // An empty passphrase in place of a prompt on the terminal.
        guard let raw = memory.with({ bio in "".withCString { PEM_read_bio_PrivateKey(bio, nil, nil, UnsafeMutableRawPointer(mutating: $0)) } })
        else { throw Self.failure("expected a private key as PEM") }
        self.init(owning: raw)
    }

    /// The public key in a PEM text.
    init(publicPEM: String) throws(AppError) {
        let memory = MemoryBIO(publicPEM)
        guard let raw = memory.with({ PEM_read_bio_PUBKEY($0, nil, nil, nil) }) else { throw Self.failure("expected a public key as PEM") }
        self.init(owning: raw)
    }

    var isRSA: Bool { EVP_PKEY_get_base_id(raw) == EVP_PKEY_RSA }
    var bits: Int { Int(EVP_PKEY_get_bits(raw)) }

    borrowing func privatePEM() throws(AppError) -> String {
        let memory = MemoryBIO()
        guard memory.with({ PEM_write_bio_PKCS8PrivateKey($0, raw, nil, nil, 0, nil, nil) }) == 1 else {
            throw Self.failure("the key has no private part")
        }
        return memory.text()
    }

    borrowing func publicPEM() throws(AppError) -> String {
        let memory = MemoryBIO()
        guard memory.with({ PEM_write_bio_PUBKEY($0, raw) }) == 1 else { throw Self.failure("the key has no public part") }
        return memory.text()
    }

    /// A number of the key, big-endian without leading zeros: `n`, the modulus, or `e`, the exponent.
    borrowing func number(_ name: String) throws(AppError) -> [UInt8] {
        var number: OpaquePointer?
        guard EVP_PKEY_get_bn_param(raw, name, &number) == 1, let number else { throw Self.failure("the key has no \(name)") }
        defer { BN_free(number) }
        var bytes = [UInt8](repeating: 0, count: (Int(BN_num_bits(number)) + 7) / 8)
        BN_bn2bin(number, &bytes)
        return bytes
    }

    static func failure(_ reason: String) -> AppError {
        // What OpenSSL notes about it stays on the thread and would be taken for another call's.
        ERR_clear_error()
        return AppError(.internalError, detail: reason)
    }
}

/// The one owner of OpenSSL's buffer in memory.
private struct MemoryBIO: ~Copyable {
    private let raw: OpaquePointer

    init(_ text: String = "") {
        guard let raw = BIO_new(BIO_s_mem()) else { fatalError("no memory for a PEM text") }
        self.raw = raw
        var text = text
        _ = text.withUTF8 { BIO_write(raw, $0.baseAddress, Int32($0.count)) }
    }

    deinit { BIO_free(raw) }

    borrowing func with<Result>(_ body: (OpaquePointer) -> Result) -> Result { body(raw) }

    borrowing func text() -> String {
        var bytes = [UInt8](repeating: 0, count: 16_384)
        let count = BIO_read(raw, &bytes, Int32(bytes.count))
        return String(decoding: bytes.prefix(max(0, Int(count))), as: UTF8.self)
    }
}
