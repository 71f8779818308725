import Kernel
import Testing
import Tokens

@Suite("Refresh tokens") struct RefreshTokenTests {
    private static let session = UUID(high: 0x0190_0000_0000_7001, low: 0x8000_0000_0000_0007)

    private static func ring(_ versions: Int...) throws -> RefreshTokens {
        RefreshTokens(try SecretRing(versions.map { .init(id: $0, bytes: [UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: 32)) }))
    }

    @Test("a token reads back as it was made, and is the same each time it is made", arguments: [0, 1, 127, 128, 16_384, Int64.max])
    func roundTrip(counter: Int64) throws {
        let tokens = try Self.ring(1)
        let token = RefreshToken(session: Self.session, counter: counter)
        let text = tokens.encode(token)
        #expect(tokens.decode(text) == token)
        #expect(tokens.encode(token) == text)
        #expect(text.utf8.count <= RefreshTokens.maximumBytes)
    }

    @Test("asvs-29: every changed, cut or lengthened text is refused, and so is one under another key")
    func forged() throws {
        let tokens = try Self.ring(1)
        let text = tokens.encode(RefreshToken(session: Self.session, counter: 3))
        let bytes = try #require(Base64.url.decode(text))
        for index in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[index] ^= 1 << bit
                #expect(tokens.decode(Base64.url.encode(changed)) == nil, "byte \(index), bit \(bit)")
                // The same with the checksum made right.
                let body = Array(changed.dropLast(4))
                #expect(
                    index >= bytes.count - 4 || tokens.decode(Base64.url.encode(body + SHA256.hash(body).bytes.prefix(4))) == nil,
                    "byte \(index), bit \(bit), with its checksum")
            }
            #expect(tokens.decode(Base64.url.encode(Array(bytes[..<index]))) == nil)
        }
        #expect(tokens.decode(Base64.url.encode(bytes + [0])) == nil)
        #expect(tokens.decode(text + "=") == nil)
        #expect(tokens.decode("") == nil)
        #expect(tokens.decode(String(repeating: "A", count: 1 << 20)) == nil)
        #expect(try Self.ring(2).decode(text) == nil)
        #expect(RefreshTokens(try SecretRing([.init(id: 1, bytes: [UInt8](repeating: 9, count: 32))])).decode(text) == nil)
    }

    @Test("a rotated key leaves nobody signed out: old tokens are read, new ones made with the new key")
    func rotated() throws {
        let old = try Self.ring(1)
        let both = try Self.ring(2, 1)
        let token = RefreshToken(session: Self.session, counter: 300)
        #expect(both.decode(old.encode(token)) == token)
        #expect(old.decode(both.encode(token)) == nil)
        #expect(try Self.ring(2).decode(both.encode(token)) == token)
        #expect(both.isCSRFToken(old.csrfToken(of: Self.session), of: Self.session))
    }

    @Test("asvs-17: tokens of 1,000 sessions differ, and half of the bits of their MACs")
    func spread() throws {
        let tokens = try Self.ring(1)
        var random = SystemRandomNumberGenerator()
        let bytes = try (0..<1000).map { _ in
            try #require(Base64.url.decode(tokens.encode(RefreshToken(session: .v4(using: &random), counter: 0))))
        }
        #expect(Set(bytes).count == 1000)
        for bit in 0..<128 {
            let set = bytes.count { $0[19 + bit / 8] >> (bit % 8) & 1 == 1 }
            // Six standard deviations of a fair coin.
            #expect((405...595).contains(set), "bit \(bit): \(set)")
        }
    }

    @Test("a CSRF token is its session's alone, and no refresh token")
    func csrf() throws {
        let tokens = try Self.ring(1)
        let text = tokens.csrfToken(of: Self.session)
        #expect(tokens.isCSRFToken(text, of: Self.session))
        #expect(!tokens.isCSRFToken(text, of: .zero))
        #expect(!tokens.isCSRFToken("", of: Self.session))
        #expect(!tokens.isCSRFToken(String(text.dropLast(2)), of: Self.session))
        #expect(tokens.decode(text) == nil)
    }

    @Test("asvs-17: one-time secrets hold 256 random bits, and only their hash tells one from another")
    func secrets() throws {
        let secrets = (0..<1000).map { _ in OneTimeSecret() }
        #expect(Set(secrets.map(\.text)).count == 1000)
        #expect(secrets.allSatisfy { Base64.url.decode($0.text)?.count == 32 && $0.hash.count == 32 })
        let bytes = secrets.compactMap { Base64.url.decode($0.text) }
        for bit in 0..<256 {
            #expect((405...595).contains(bytes.count { $0[bit / 8] >> (bit % 8) & 1 == 1 }), "bit \(bit)")
        }
        #expect(OneTimeSecret(secrets[0].text)?.hash == secrets[0].hash)
        #expect(OneTimeSecret("") == nil)
        #expect(OneTimeSecret(String(repeating: "=", count: 43)) == nil)
        #expect("\(secrets[0])" == "OneTimeSecret(****)")
    }
}
