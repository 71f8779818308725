import Kernel
import Testing

@testable import Tokens

@Suite struct SealingTests {
    private static func hex(_ text: String) throws -> [UInt8] { try #require(Hex.decode(text)) }

    @Test(
        "AES-256-GCM: the test cases 13, 14 and 16 of its authors (McGrew, Viega, 2005)",
        arguments: [
            (String(repeating: "0", count: 64), String(repeating: "0", count: 24), "", "", "", "530f8afbc74536b9a963b4f1c4cb738b"),
            (
                String(repeating: "0", count: 64), String(repeating: "0", count: 24), String(repeating: "0", count: 32), "",
                "cea7403d4d606b6e074ec5d3baf39d18", "d0d1c8a799996bf0265b98b5d48ab919"
            ),
            (
                "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
                "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
                "feedfacedeadbeeffeedfacedeadbeefabaddad2",
                "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
                "76fc6ece0f4e1768cddf8853bb2d551b"
            ),
        ])
    func vectors(_ key: String, _ nonce: String, _ plain: String, _ associated: String, _ cipher: String, _ tag: String) throws {
        let key = try SealingKey(Self.hex(key))
        let sealed = try key.seal(Self.hex(plain), for: Self.hex(associated), nonce: Self.hex(nonce))
        #expect(Hex.encode(sealed) == nonce + cipher + tag)
        #expect(Hex.encode(try key.open(sealed, for: Self.hex(associated))) == plain)
    }

    @Test(
        "HKDF with SHA-256: the cases A.1 and A.3 of RFC 5869",
        arguments: [
            (
                "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
                "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
            ),
            ("", "", "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"),
        ])
    func derivation(_ salt: String, _ info: String, _ expected: String) throws {
        let secret = [UInt8](repeating: 0x0b, count: 22)
        #expect(Hex.encode(HKDF.derive(secret, salt: try Self.hex(salt), info: try Self.hex(info), count: 42)) == expected)
    }

    @Test("another key, other associated bytes, a changed bit and a missing end do not open it") func refused() throws {
        let key = try SealingKey([UInt8](repeating: 1, count: 32))
        let sealed = try key.seal([1, 2, 3], for: [9])
        #expect(try key.open(sealed, for: [9]) == [1, 2, 3])
        #expect(try key.seal([1, 2, 3], for: [9]) != sealed)
        #expect(throws: AppError.self) { try key.open(sealed, for: [8]) }
        #expect(throws: AppError.self) { try SealingKey([UInt8](repeating: 2, count: 32)).open(sealed, for: [9]) }
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(throws: AppError.self) { try key.open(changed, for: [9]) }
        }
        for count in sealed.indices { #expect(throws: AppError.self) { try key.open(Array(sealed.prefix(count)), for: [9]) } }
        #expect(throws: AppError.self) { try SealingKey([1]) }
    }
}
