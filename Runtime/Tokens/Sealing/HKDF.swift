/// Keys for one purpose each from one secret: HKDF with SHA-256 (RFC 5869).
public enum HKDF {
    /// That many bytes, at most 8160; `info` says what they are for.
    public static func derive(_ secret: [UInt8], salt: [UInt8] = [], info: [UInt8], count: Int) -> [UInt8] {
        precondition((1...255 * 32).contains(count), "HKDF gives 1 to 8160 bytes")
        // Without a salt as many zero bytes as the hash is long, which HMAC fills up to its block as it does nothing.
        let key = HMACKey(HMACKey(salt).authenticate(secret).bytes)
        var result: [UInt8] = []
        var block: [UInt8] = []
        var number: UInt8 = 1
        while result.count < count {
            block = key.authenticate(block + info + [number]).bytes
            result += block
            number &+= 1
        }
        return Array(result.prefix(count))
    }
}
