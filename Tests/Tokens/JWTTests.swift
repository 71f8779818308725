import Kernel
import Testing
import Tokens

@Suite struct JWTTests {
    static let now = Timestamp(seconds: 1_772_352_000)
    static let key = Result { () throws(AppError) in try RSAKey.generate() }

    let signer: JWTSigner
    let verifier: JWTVerifier
    let claims = AccessClaims(
        user: UserID(UUID(high: 1, low: 2)), tenant: TenantID(UUID(high: 3, low: 4)), role: .analyst, epoch: 5, id: UUID(high: 6, low: 7),
        issuedAt: now + .milliseconds(900))

    init() throws {
        signer = JWTSigner(try Self.key.get())
        verifier = JWTVerifier(keys: [signer.verificationKey])
    }

    @Test func `an access token reads back until it ends`() throws {
        let token = try signer.sign(claims)
        #expect(try verifier.access(token, at: Self.now) == claims)
        #expect(try verifier.access(token, at: Self.now + .milliseconds(899_999)).role == .analyst)
        #expect(throws: AppError.self) { try verifier.access(token, at: Self.now + .seconds(900)) }
        #expect(claims.expiresAt - claims.issuedAt == .seconds(900))
    }

    @Test func `an operator's token and a member's are for different ears`() throws {
        let operatorClaims = OperatorClaims(user: claims.user, session: UUID(high: 8, low: 8), id: claims.id, issuedAt: Self.now)
        let token = try signer.sign(operatorClaims)
        #expect(try verifier.operatorClaims(token, at: Self.now) == operatorClaims)
        #expect(reason { try verifier.access(token, at: Self.now) }.contains("aud"))
        #expect(reason { try verifier.operatorClaims(signer.sign(claims), at: Self.now) }.contains("aud"))
        #expect(throws: AppError.self) { try verifier.operatorClaims(token, at: Self.now + .seconds(900)) }
        var nobody = operatorClaims.json
        nobody["sid"] = nil
        #expect(reason { try verifier.operatorClaims(signer.sign(nobody), at: Self.now) }.contains("claim"))
    }

    @Test func `a token names its key and algorithm, and nothing more`() throws {
        let header = try #require(Base64.url.decode(try signer.sign(claims).prefix { $0 != "." }))
        let members = try #require(try JSON.read(header).object)
        #expect(Set(members.map(\.name)) == ["alg", "kid", "typ"])
        #expect(members["alg"] == "RS256")
        #expect(members["kid"] == .string(try Self.key.get().publicKey.id))
    }

    @Test func `HS256 under a secret of 32 bytes`() throws {
        let signer = try JWTSigner(secret: [UInt8](repeating: 9, count: 32), id: "h")
        let verifier = JWTVerifier(keys: [signer.verificationKey])
        let token = try signer.sign(claims)
        #expect(try verifier.access(token, at: Self.now) == claims)
        #expect(throws: AppError.self) { try self.verifier.access(token, at: Self.now) }
        #expect(throws: AppError.self) { try JWTSigner(secret: [UInt8](repeating: 9, count: 31), id: "h") }
        #expect(throws: AppError.self) { try JWSKey.hs256(id: "h", secret: Array(try Self.key.get().publicKey.pem.utf8)) }
    }

    /// RFC 7515 appendix A.1 signs other claims with its own key; the signature must fit, and then the claims are refused.
    @Test func `RFC 7515: a token without a key's name is refused`() throws {
        let secret = try #require(Base64.url.decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"))
        let verifier = JWTVerifier(keys: [try .hs256(id: "", secret: secret)])
        let token =
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
            + "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        #expect(reason { try verifier.claims(of: token, at: Self.now) }.contains("lacks kid"))
    }

    @Test func `a change of any digit is refused`() throws {
        let token = Array(try signer.sign(claims).utf8)
        for index in stride(from: 0, to: token.count, by: 3) {
            for digit in [UInt8(ascii: "A"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "=")] where token[index] != digit {
                var changed = token
                changed[index] = digit
                let text = String(decoding: changed, as: UTF8.self)
                let error = #expect(throws: AppError.self) { try verifier.claims(of: text, at: Self.now) }
                #expect(error?.code == .unauthenticated)
            }
        }
    }

    @Test(arguments: [
        (#"{"alg":"none","kid":"@"}"#, "not the key's"), (#"{"alg":"None","kid":"@"}"#, "not the key's"),
        (#"{"alg":"HS256","kid":"@"}"#, "not the key's"),
        (#"{"alg":"rs256","kid":"@"}"#, "not the key's"), (#"{"alg":"RS512","kid":"@"}"#, "not the key's"),
        (#"{"alg":"","kid":"@"}"#, "not the key's"),
        (#"{"alg":"RS256"}"#, "lacks"), (#"{"kid":"@"}"#, "lacks"), (#"{"alg":"RS256","kid":1}"#, "lacks"),
        (#"{"alg":["RS256"],"kid":"@"}"#, "lacks"),
        (#"{"alg":"RS256","kid":"../../etc/passwd"}"#, "not known"), (#"{"alg":"RS256","kid":"' or 1=1 --"}"#, "not known"),
        (#"{"alg":"RS256","kid":""}"#, "not known"), (#"{"alg":"RS256","kid":"@","jku":"https://example.org/"}"#, "jku"),
        (#"{"alg":"RS256","kid":"@","x5u":"https://example.org/"}"#, "x5u"), (#"{"alg":"RS256","kid":"@","jwk":{}}"#, "jwk"),
        (#"{"alg":"RS256","kid":"@","x5c":[]}"#, "x5c"), (#"{"alg":"RS256","kid":"@","crit":["b64"],"b64":false}"#, "crit"),
        (#"{"alg":"RS256","kid":"@","zip":"DEF"}"#, "zip"), (#"{"alg":"RS256","kid":"@","typ":"at+jwt"}"#, "typ"),
        (#"{"alg":"RS256","kid":"@","typ":null}"#, "typ"), (#"{"alg":"RS256","alg":"none","kid":"@"}"#, "twice"),
        (#"{"alg":"RS256","kid":"@"} "#, "signature"), (#"["RS256"]"#, "object"), ("", "header"), ("{", "header"),
    ])
    func `a header that asks for anything else is refused`(header: String, expected: String) throws {
        let token = try signer.sign(claims)
        let text = Array(header.replacing("@", with: signer.verificationKey.id).utf8)
        let forged = Base64.url.encode(text) + token.drop { $0 != "." }
        #expect(reason { try verifier.claims(of: forged, at: Self.now) }.contains(expected))
    }

    @Test func `a token signed with the public key as a secret is refused`() throws {
        let pem = Array(try Self.key.get().publicKey.pem.utf8)
        let header = Base64.url.encode(Array(#"{"alg":"HS256","kid":"\#(signer.verificationKey.id)"}"#.utf8))
        let body = try signer.sign(claims).split(separator: ".")[1]
        let mac = HMACKey(pem).authenticate(Array("\(header).\(body)".utf8))
        let forged = "\(header).\(body).\(Base64.url.encode(mac.bytes))"
        #expect(reason { try verifier.claims(of: forged, at: Self.now) }.contains("not the key's"))
    }

    @Test func `parts, padding and length`() throws {
        let token = try signer.sign(claims)
        let parts = token.split(separator: ".")
        for text in [
            "", ".", "..", "a.b", "\(parts[0]).\(parts[1])", "\(parts[0]).\(parts[1]).", "\(token).", "\(token).x", " \(token)", "\(token)\n",
            "\(token)=",
            "\(parts[0])..\(parts[2])", ".\(parts[1]).\(parts[2])", "\(token)\u{0}", token + String(repeating: "A", count: 8192),
        ] {
            #expect(throws: AppError.self, "\(text.prefix(40))") { try verifier.claims(of: text, at: Self.now) }
        }
    }

    static let wrongClaims: [(String, JSONValue, String)] = [
        ("iss", "other", "iss"), ("iss", ["tenantry"], "iss"), ("iss", nil, "iss"), ("aud", "Tenantry", "aud"),
        ("aud", ["tenantry", "other"], "aud"), ("aud", ["tenantry"], "aud"), ("exp", "1772352900", "exp"), ("exp", .number(1_772_352_900.5), "exp"),
        ("exp", -1, "exp"), ("exp", .integer(.max), "exp"), ("exp", nil, "exp"), ("exp", 1_772_351_999, "exp"), ("exp", 1_772_352_000, "exp"),
        ("exp", 1_772_355_601, "lifetime"), ("iat", 1_772_352_006, "future"), ("iat", true, "iat"), ("nbf", 1_772_352_006, "not valid yet"),
        ("nbf", "soon", "nbf"), ("sub", "me", "claim"), ("tid", nil, "claim"), ("role", "Root", "claim"), ("role", "none", "claim"),
        ("sid", "s", "claim"), ("scp", [], "claim"),
        ("scp", ["x"], "claim"), ("scp", "mfa:*", "claim"), ("csrf", "short", "claim"), ("epoch", 1.5, "claim"),
        ("epoch", -1, "claim"),
        ("jti", nil, "claim"),
    ]

    @Test(arguments: wrongClaims)
    func `a claim of another kind or time is refused`(name: String, value: JSONValue, expected: String) throws {
        var changed = claims.json
        changed[name] = value.isNull ? nil : value
        let token = try signer.sign(changed)
        #expect(reason { try verifier.access(token, at: Self.now) }.contains(expected))
    }

    @Test func `auth-02: the signer's clock may be a little ahead, the end has no leeway`() throws {
        var changed = claims.json
        changed["nbf"] = 1_772_352_004
        changed["iat"] = 1_772_352_005
        #expect(try verifier.access(signer.sign(changed), at: Self.now).user == claims.user)
        let generous = JWTVerifier(keys: [signer.verificationKey], leeway: .seconds(600))
        changed["iat"] = 1_772_352_031
        #expect(throws: AppError.self) { try generous.access(signer.sign(changed), at: Self.now) }
    }

    @Test func `the reason stays in the log`() throws {
        let error = #expect(throws: AppError.self) { try verifier.claims(of: "a.b.c", at: Self.now) }
        #expect(error?.description == "UNAUTHENTICATED: Sign in to use this")
    }

    private func reason(_ body: () throws -> some Any) -> String {
        let error = #expect(throws: AppError.self, performing: { _ = try body() })
        #expect(error?.code == .unauthenticated)
        return error?.detail ?? ""
    }
}
