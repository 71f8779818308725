import Codes
import Kernel
import Testing
import Tokens

/// The vectors stand in `totp_vectors.json`, copied from RFC 6238 appendix B and RFC 4226 appendix D.
@Suite struct OneTimeTests {
    private static let vectors = Result { () throws(AppError) in try JSON.read(PackageResources.totp_vectors_json) }

    /// The ASCII digits 1234567890, repeated to the hash's length.
    private static func secret(_ count: Int) -> [UInt8] { Array(String(repeating: "1234567890", count: 7).utf8.prefix(count)) }

    @Test("RFC 6238 appendix B: TOTP with SHA-1, SHA-256 and SHA-512") func totp() throws {
        let rows = try #require(try Self.vectors.get()["totp"]?.array)
        #expect(rows.count == 6)
        for row in rows {
            let time = Timestamp(seconds: try #require(row["t"]?.integer))
            for (mac, count) in [(MAC.sha1, 20), (.sha256, 32), (.sha512, 64)] {
                let expected = try #require(row[mac.rawValue.lowercased()]?.string)
                #expect(try TOTP(secret: Self.secret(count), mac: mac, digits: 8).code(at: time) == expected, "\(mac) at \(time)")
            }
        }
    }

    @Test("RFC 4226 appendix D: HOTP of the counters 0 to 9") func hotp() throws {
        let codes = try #require(try Self.vectors.get()["hotp_6_digits_secret_sha1"]?.array)
        #expect(codes.count == 10)
        for (counter, code) in codes.enumerated() {
            #expect(try HOTP(secret: Self.secret(20)).code(UInt64(counter)) == code.string)
        }
    }

    /// RFC 2202 section 3 (SHA-1) and RFC 4231 section 4.3 (the others), test case 2.
    @Test(
        "RFC 2202, RFC 4231: HMAC with a short key",
        arguments: [
            (MAC.sha1, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
            (.sha256, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
            (
                .sha512,
                "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"
            ),
        ])
    func mac(_ mac: MAC, expected: String) throws {
        #expect(Hex.encode(try mac.authenticate(Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))) == expected)
    }

    @Test("asvs-15: of the codes of t-60, t-30, t, t+30 and t+60 only the middle three count") func window() throws {
        let totp = TOTP(secret: TOTP.makeSecret())
        let now = Timestamp(seconds: 1_790_000_017)
        for (seconds, counts) in [(-90, false), (-60, false), (-30, true), (0, true), (30, true), (60, false), (90, false)] as [(Int, Bool)] {
            let time = now + .seconds(seconds)
            let step = try totp.step(of: try totp.code(at: time), at: now, after: nil)
            #expect(step == (counts ? TOTP.step(at: time) : nil), "\(seconds) s")
        }
        // The very first steps have none before them.
        #expect(try totp.step(of: try totp.code(at: Timestamp(seconds: 0)), at: Timestamp(seconds: 0), after: nil) == 0)
    }

    @Test("asvs-13: a code whose step was used, or one before it, does not count again") func once() throws {
        let totp = TOTP(secret: TOTP.makeSecret())
        let now = Timestamp(seconds: 1_790_000_017)
        let code = try totp.code(at: now)
        let step = try #require(try totp.step(of: code, at: now, after: nil))
        #expect(try totp.step(of: code, at: now, after: step) == nil)
        #expect(try totp.step(of: try totp.code(at: now - .seconds(30)), at: now, after: step) == nil)
        #expect(try totp.step(of: try totp.code(at: now + .seconds(30)), at: now, after: step) == step + 1)
    }

    @Test("what is no code is none: length, blanks, other digits", arguments: ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", " 12345", "000000\u{0}"])
    func malformed(_ text: String) throws {
        #expect(try TOTP(secret: Self.secret(20)).step(of: text, at: Timestamp(seconds: 59), after: nil) == nil)
    }

    @Test("secrets are 160 random bits, and stay out of descriptions") func secrets() {
        let secrets = (0..<100).map { _ in TOTP.makeSecret() }
        #expect(Set(secrets).count == 100 && secrets.allSatisfy { $0.count == 20 })
        #expect(!"\(TOTP(secret: secrets[0])) \(HOTP(secret: secrets[0]))".contains("["))
    }

    /// RFC 4648 section 10, without padding.
    @Test(
        "RFC 4648: base 32",
        arguments: [
            ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"), ("foobar", "MZXW6YTBOI"),
        ])
    func base32(text: String, encoded: String) {
        #expect(Base32.encode(Array(text.utf8)) == encoded)
        #expect(Base32.decode(encoded) == Array(text.utf8))
        #expect(Base32.decode(encoded.lowercased()) == Array(text.utf8))
    }

    @Test("base 32: a second text for the same bytes is refused", arguments: ["M", "MY======", "MZ", "MZXW1", "MZ XQ", "MZX", "MZXW6Y", "MZXWé"])
    func strict(encoded: String) { #expect(Base32.decode(encoded) == nil) }
}
