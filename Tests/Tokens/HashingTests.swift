import Kernel
import Testing
import Tokens

@Suite struct HashingTests {
    @Test func `FIPS 180-4: SHA-256 of abc, of nothing and of two blocks`() {
        #expect(SHA256.hash("abc").hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(SHA256.hash("").hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(
            SHA256.hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq").hex
                == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    }

    @Test func `a copy of a hash goes on by itself`() {
        var first = SHA256()
        first.update(Array("a".utf8))
        var second = first
        first.update(Array("bc".utf8))
        second.update(Array("x".utf8))
        #expect(first.finalize() == SHA256.hash("abc"))
        #expect(second.finalize() == SHA256.hash("ax"))
    }

    /// RFC 4231 section 4.
    @Test(arguments: [
        ([UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        (Array("Jefe".utf8), Array("what do ya want for nothing?".utf8), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (
            [UInt8](repeating: 0xAA, count: 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
    ])
    func `RFC 4231: HMAC-SHA256`(key: [UInt8], message: [UInt8], mac: String) throws {
        let hmac = HMACKey(key)
        #expect(hmac.authenticate(message).hex == mac)
        let digest = try #require(Hex.decode(mac).flatMap(Digest.init))
        #expect(hmac.isValid(digest, for: message))
        #expect(!hmac.isValid(digest, for: message + [0]))
        #expect(!"\(hmac)".contains("0x"))
    }

    @Test func `random bytes are neither fixed nor short`() {
        let bytes = SecureRandom.bytes(64)
        #expect(bytes.count == 64)
        #expect(bytes != SecureRandom.bytes(64))
        let random = SecureRandom()
        #expect(Set((0..<100).map { _ in random.next() }).count == 100)
    }

    /// RFC 4648 section 10, without padding.
    @Test(arguments: [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy")])
    func `RFC 4648: base 64`(text: String, encoded: String) {
        #expect(Base64.url.encode(Array(text.utf8)) == encoded)
        #expect(Base64.url.decode(encoded) == Array(text.utf8))
    }

    @Test(arguments: ["Z", "Zg==", "Zh", "Zm9=", "Zm 8", "Zm8\n", "Zm+v", "Zm/v", "Zm9vY", "Zmé"])
    func `a second text for the same bytes is refused`(encoded: String) { #expect(Base64.url.decode(encoded) == nil) }

    @Test func `both alphabets`() {
        #expect(Base64.url.encode([0xFB, 0xFF]) == "-_8")
        #expect(Base64.standard.encode([0xFB, 0xFF]) == "+/8")
        #expect(Base64.standard.decode("-_8") == nil)
        let all = (0...255).map { UInt8($0) }
        #expect(Base64.standard.decode(Base64.standard.encode(all)) == all)
    }
}
