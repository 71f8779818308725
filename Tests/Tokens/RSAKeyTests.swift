import Kernel
import Testing
import Tokens

@Suite struct RSAKeyTests {
    @Test func `a generated key is PEM and reads back`() throws {
        let key = try RSAKey.generate()
        #expect(key.privatePEM.hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
        #expect(key.publicKey.pem.hasPrefix("-----BEGIN PUBLIC KEY-----\n"))
        #expect(try RSAKey(privatePEM: key.privatePEM).publicKey == key.publicKey)
        #expect(try RSAPublicKey(pem: key.publicKey.pem) == key.publicKey)
        #expect(!"\(key)".contains("BEGIN"))
        #expect(key.publicKey.jwk["e"] == "AQAB")
    }

    @Test func `text that is no key is refused`() throws {
        let key = try RSAKey.generate()
        for text in ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", String(key.privatePEM.dropLast(200))] {
            #expect(throws: AppError.self) { try RSAKey(privatePEM: text) }
            #expect(throws: AppError.self) { try RSAPublicKey(pem: text) }
        }
        #expect(throws: AppError.self) { try RSAPublicKey(pem: key.privatePEM) }
        #expect(throws: AppError.self) { try RSAKey(privatePEM: key.publicKey.pem) }
    }

    /// An RSA key of 1024 bits.
    @Test func `a short key is refused`() {
        let pem = """
            -----BEGIN PUBLIC KEY-----
            MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDNuag2lMz+CO1paxvA2YwKLxCj
            MJrMZ8B0jpzdOpNzn2uxPcEB2HR3oOpFEIL4yUnxxea4qfKrJj2DYKXzKDsFbRJ3
            1E37qLNPradVG8v43Tq4fTgdf2b4NxsbzbZIcQ//2qZ++FxMUBj9mbAE+F2ZWWCS
            x/dnYaVVSn2i7o7pHQIDAQAB
            -----END PUBLIC KEY-----
            """
        #expect(throws: AppError.self) { try RSAPublicKey(pem: pem) }
    }

    /// The key and the thumbprint of RFC 7638 section 3.1.
    @Test func `RFC 7638: the thumbprint`() throws {
        let pem = """
            -----BEGIN PUBLIC KEY-----
            MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0vx7agoebGcQSuuPiLJX
            ZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tS
            oc/BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ/2W+5JsGY4Hc5n9yBXArwl93lqt
            7/RN5w6Cf0h4QyQ5v+65YGjQR0/FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0
            zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt+bFTWhAI4vMQFh6WeZu0f
            M4lFd2NcRwr3XPksINHaQ+G/xBniIqbw0Ls1jF44+csFCur+kEgU8awapJzKnqDK
            gwIDAQAB
            -----END PUBLIC KEY-----
            """
        #expect(try RSAPublicKey(pem: pem).id == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")
    }
}
