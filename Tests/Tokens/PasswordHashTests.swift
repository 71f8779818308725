import Kernel
import Testing
import Tokens

@Suite struct PasswordHashTests {
    /// RFC 7914 section 12, the third vector, shortened to the 32 bytes that are stored: a shorter key is the longer one's beginning (PBKDF2).
    @Test func `RFC 7914: a known hash verifies`() throws {
        let hash = try #require(Hex.decode("7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"))
        let salt = Array("SodiumChloride".utf8)
        let stored = try #require(
            PasswordHash("$scrypt$ln=14,r=8,p=1$\(Base64.standard.encode(salt))$\(Base64.standard.encode(hash))"))
        #expect(try stored.verify("pleaseletmein"))
        #expect(try !stored.verify("pleaseletmeIn"))
        #expect(stored.needsRehash())
        #expect(!stored.needsRehash(stored.cost))
    }

    @Test func `asvs-39: a stored hash is a text and verifies its password alone, byte for byte`() throws {
        let password = "a b ä\u{30A}🔑 "
        let hash = try PasswordHash(hashing: password, cost: .least)
        let stored = try #require(PasswordHash(hash.description))
        #expect(stored == hash)
        #expect(hash.description.hasPrefix("$scrypt$ln=10,r=8,p=1$"))
        #expect(try stored.verify(password))
        for wrong in ["", "a", "a b ä\u{30A}🔑", "a c ä\u{30A}🔑 ", "A b ä\u{30A}🔑 ", password + "\u{0}"] { #expect(try !stored.verify(wrong)) }
        #expect(try PasswordHash(hashing: password, cost: .least) != hash)
    }

    @Test func `asvs-03: 72 bytes are not the end of a password`() throws {
        let beginning = String(repeating: "a", count: 72)
        let hash = try PasswordHash(hashing: beginning + "1", cost: .least)
        #expect(try !hash.verify(beginning + "2"))
        #expect(try !hash.verify(beginning))
    }

    @Test("asvs-03: NUL counts wherever it stands, also at the end, where scrypt alone would not see it") func nul() throws {
        let passwords = ["", "\u{0}", "\u{0}\u{0}", "a", "a\u{0}", "a\u{0}b", "\u{0}a", "a\u{0}\u{0}"]
        for password in passwords {
            let hash = try PasswordHash(hashing: password, cost: .least)
            for other in passwords { #expect(try hash.verify(other) == (other == password), "\(Array(password.utf8)) and \(Array(other.utf8))") }
        }
    }

    @Test func `a password above two kilobytes is neither hashed nor right`() throws {
        let long = String(repeating: "a", count: 2049)
        let error = #expect(throws: AppError.self) { try PasswordHash(hashing: long, cost: .least) }
        #expect(error?.code == .validation)
        #expect(try !PasswordHash(hashing: "", cost: .least).verify(long))
    }

    @Test func `a decoy verifies nothing`() throws {
        let decoy = PasswordHash.decoy(cost: .least)
        #expect(try !decoy.verify(""))
        #expect(PasswordHash(decoy.description) == decoy)
    }

    @Test(arguments: [
        "", "secret", "$scrypt$ln=15,r=8,p=3$c2FsdHNhbHQ$", "$scrypt$ln=15,r=8$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2$ln=15,r=8,p=3$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=21,r=8,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=18,r=16,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=9,r=8,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=15,r=8,p=3$c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ])
    func `a stored text that is no hash, or one that would exhaust the machine, is not read`(text: String) {
        #expect(PasswordHash(text) == nil)
    }
}
