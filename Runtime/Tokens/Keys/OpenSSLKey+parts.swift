internal import COpenSSL
internal import Kernel

extension OpenSSLKey {
    /// A public RSA key from its numbers, big-endian (RFC 8017 appendix A.1.1, RFC 3279 section 2.3.1).
    init(modulus: [UInt8], exponent: [UInt8]) throws(AppError) {
        let algorithm = DER.sequence(DER.object(1, 2, 840, 113549, 1, 1, 1) + DER.null)
        try self.init(publicDER: DER.sequence(algorithm + DER.bits(DER.sequence(DER.integer(modulus) + DER.integer(exponent)))))
    }

    /// A public key on a curve from its point, each coordinate of the curve's length (RFC 5480). A point that is not on the curve is refused.
    init(curve: JWSAlgorithm.Curve, x: [UInt8], y: [UInt8]) throws(AppError) {
        guard x.count == curve.bytes, y.count == curve.bytes else { throw Self.failure("a coordinate has not \(curve.bytes) bytes") }
        let algorithm = DER.sequence(DER.object(1, 2, 840, 10045, 2, 1) + DER.object(curve.object))
        try self.init(publicDER: DER.sequence(algorithm + DER.bits([4] + x + y)))
    }

    private init(publicDER der: [UInt8]) throws(AppError) {
        let raw = der.withUnsafeBufferPointer { buffer in
            var start = buffer.baseAddress
            return d2i_PUBKEY(nil, &start, buffer.count)
        }
        guard let raw else { throw Self.failure("the parts are no key") }
        self.init(owning: raw)
    }

    /// The curve's name; nil where it is no key on a curve.
    var group: String? {
        guard EVP_PKEY_get_base_id(raw) == EVP_PKEY_EC else { return nil }
        var name = [CChar](repeating: 0, count: 64)
        var count = 0
        guard EVP_PKEY_get_group_name(raw, &name, name.count, &count) == 1 else { return nil }
        return String(decoding: name.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// The few forms of ITU-T X.690 that a public key is written in.
private enum DER {
    static let null: [UInt8] = [0x05, 0]

    static func sequence(_ content: [UInt8]) -> [UInt8] { element(0x30, content) }

    static func bits(_ content: [UInt8]) -> [UInt8] { element(0x03, [0] + content) }

    /// A number that is not negative, from its bytes.
    static func integer(_ bytes: [UInt8]) -> [UInt8] {
        let digits = Array(bytes.drop { $0 == 0 })
        return element(0x02, digits.first.map { $0 < 0x80 } == true ? digits : [0] + digits)
    }

    static func object(_ numbers: Int...) -> [UInt8] { object(numbers) }

    static func object(_ numbers: [Int]) -> [UInt8] {
        element(0x06, [UInt8(numbers[0] * 40 + numbers[1])] + numbers.dropFirst(2).flatMap(septets))
    }

    /// Seven bits a byte, all but the last with the highest bit set.
    private static func septets(_ number: Int) -> [UInt8] {
        var bytes = [UInt8(number & 0x7F)]
        var rest = number >> 7
        while rest > 0 {
            bytes.insert(UInt8(rest & 0x7F) | 0x80, at: 0)
            rest >>= 7
        }
        return bytes
    }

    private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let count = content.count
        if count < 0x80 { return [tag, UInt8(count)] + content }
        let size = withUnsafeBytes(of: UInt32(count).bigEndian) { $0.drop { $0 == 0 } }
        return [tag, 0x80 | UInt8(size.count)] + size + content
    }
}
