import Kernel
import Testing
import Tokens

@testable import OpenID

@Suite struct IDTokenTests {
    private static let rsa = Result { try Signer("r1") }
    private static let ec = Result { try Signer("e1", rsa: false) }
    private static let now = Timestamp("2026-03-01T08:00:00Z")!
    private static let issuer = "https://idp.example.com"

    private static func claims(_ changes: JSONObject = [:]) -> JSONObject {
        var all: [(String, JSONValue)] = [
            ("iss", .string(issuer)), ("aud", "client-1"), ("sub", "user-1"), ("exp", .integer(now.seconds + 300)), ("iat", .integer(now.seconds)),
            ("nonce", "n-1"), ("email", "Ann@Example.org"), ("email_verified", true), ("name", "Ann"),
        ]
        for change in changes {
            all.removeAll { $0.0 == change.name }
            if change.value != .null { all.append((change.name, change.value)) }
        }
        return JSONObject(all.map { .init(name: $0.0, value: $0.1) })
    }

    private static func keys() throws -> [JWSKey] {
        [try JWSKey(jwk: try rsa.get().jwk()), try JWSKey(jwk: try ec.get().jwk(alg: "ES256"))]
    }

    private static func read(_ token: String, keys: [JWSKey]? = nil) throws -> IDToken {
        try IDToken(token, keys: try keys ?? Self.keys(), issuer: issuer, client: "client-1", nonce: "n-1", at: now)
    }

    @Test(arguments: ["RS256", "PS256", "ES256"]) func `a good token of each algorithm`(algorithm: String) throws {
        let signer = try algorithm == "ES256" ? Self.ec.get() : Self.rsa.get()
        let key = try JWSKey(jwk: try signer.jwk(alg: algorithm))
        let token = try Self.read(try signer.token(Self.claims(), alg: algorithm), keys: [key])
        #expect(token.subject == "user-1" && token.email == "ann@example.org" && token.name == "Ann")
    }

    @Test(
        "asvs-31: a claim that is not ours, missing or of another type is refused",
        arguments: [
            ("iss", "https://evil.example.com"), ("iss", "https://idp.example.com/"), ("iss", nil), ("iss", 7), ("aud", "client-2"), ("aud", nil),
            ("aud", ["client-2", "client-3"]), ("aud", []), ("aud", ["client-1", "client-2"]), ("azp", "client-2"), ("exp", 1), ("exp", nil),
            ("exp", "2027"), ("exp", 1e300), ("iat", nil), ("iat", 1), ("iat", 4_000_000_000), ("nbf", 4_000_000_000), ("nbf", "x"), ("nonce", "n-2"),
            ("nonce", nil), ("nonce", ["n-1"]), ("sub", nil), ("sub", ""), ("sub", 7), ("sub", "a\nb"),
        ] as [(String, JSONValue?)])
    func refusedClaim(name: String, value: JSONValue?) throws {
        let token = try Self.rsa.get().token(Self.claims(JSONObject([.init(name: name, value: value ?? .null)])))
        #expect(throws: IDToken.Refusal.refused(name == "azp" || value == ["client-1", "client-2"] ? "azp" : name)) { try Self.read(token) }
    }

    @Test func `several audiences need the party that asked`() throws {
        let token = try Self.rsa.get().token(Self.claims(["aud": ["client-1", "client-2"], "azp": "client-1"]))
        #expect(try Self.read(token).subject == "user-1")
    }

    @Test(
        "asvs-31: an algorithm is one of three, whatever the header says",
        arguments: ["none", "None", "nOnE", "NONE", "", "HS256", "HS512", "RS1", "RS512", "ES384", "EdDSA", "rs256", "RSA1_5"])
    func algorithms(alg: String) throws {
        let payload = Base64.url.encode(try JSON.encode(JSONValue.object(Self.claims())))
        let header = Base64.url.encode(try JSON.encode(["alg": .string(alg), "kid": "r1"] as JSONValue))
        let signatures: [[UInt8]] = [
            [], [1, 2, 3], HMACKey(Array("client-secret".utf8)).authenticate(Array("\(header).\(payload)".utf8)).bytes,
        ]
        for signature in signatures {
            #expect(throws: IDToken.Refusal.refused("alg")) { try Self.read("\(header).\(payload).\(Base64.url.encode(signature))") }
        }
    }

    @Test func `asvs-31: a key signs with its own kind of algorithm only`() throws {
        // The header names the RSA key with the curve's algorithm, and the reverse.
        let crossed = try Self.ec.get().token(Self.claims(), header: ["alg": "ES256", "kid": "r1"])
        #expect(throws: IDToken.Refusal.unknownKey) { try Self.read(crossed) }
        let other = try Self.rsa.get().token(Self.claims(), header: ["alg": "RS256", "kid": "e1"])
        #expect(throws: IDToken.Refusal.unknownKey) { try Self.read(other) }
        // The publisher says PS256 for this key: RS256 with it is refused.
        let only = try JWSKey(jwk: try Self.rsa.get().jwk(alg: "PS256"))
        #expect(throws: IDToken.Refusal.unknownKey) { try Self.read(try Self.rsa.get().token(Self.claims()), keys: [only]) }
    }

    @Test func `a signature by another key or over other claims is refused`() throws {
        let stranger = try Signer("r1")
        #expect(throws: IDToken.Refusal.refused("signature")) { try Self.read(try stranger.token(Self.claims())) }
        let parts = try Self.rsa.get().token(Self.claims()).split(separator: ".")
        let changed = Base64.url.encode(try JSON.encode(JSONValue.object(Self.claims(["sub": "user-2"]))))
        #expect(throws: IDToken.Refusal.refused("signature")) { try Self.read("\(parts[0]).\(changed).\(parts[2])") }
        let curve = try Self.ec.get().token(Self.claims()).split(separator: ".")
        for signature in ["", "AAAA", String(repeating: "A", count: 86)] {
            #expect(throws: IDToken.Refusal.refused("signature")) { try Self.read("\(curve[0]).\(curve[1]).\(signature)") }
        }
    }

    @Test func `a key that is not known is told apart, so that new ones are asked for`() throws {
        let rotated = try Signer("r2")
        let token = try rotated.token(Self.claims())
        #expect(throws: IDToken.Refusal.unknownKey) { try Self.read(token) }
        #expect(try Self.read(token, keys: try Self.keys() + [try JWSKey(jwk: try rotated.jwk())]).subject == "user-1")
        // Without a name there must be no choice.
        let nameless = try Self.rsa.get().token(Self.claims(), header: ["alg": "RS256"])
        #expect(try Self.read(nameless).subject == "user-1")
        #expect(throws: IDToken.Refusal.refused("kid")) {
            try Self.read(nameless, keys: try Self.keys() + [try JWSKey(jwk: try rotated.jwk())])
        }
    }

    @Test(
        arguments: [
            ["email_verified": false], ["email_verified": nil], ["email_verified": 1], ["email_verified": "yes"], ["email": "a@b@example.org"],
            ["email": "ann@example.org, eve@example.net"], ["email": "ann@example.org\r\n"], ["email": 7], ["email": nil], ["email": "ann"],
        ] as [[String: JSONValue?]])
    func `asvs-31: an address that is not verified, or none, is no address`(change: [String: JSONValue?]) throws {
        let changes = JSONObject(change.map { .init(name: $0.key, value: $0.value ?? .null) })
        #expect(try Self.read(try Self.rsa.get().token(Self.claims(changes))).email == nil)
    }

    @Test func `headers that ask for more are refused, what only informs is not`() throws {
        let signer = try Self.rsa.get()
        for header in [
            ["alg": "RS256", "kid": "r1", "crit": ["b64"], "b64": false], ["alg": "RS256", "kid": "r1", "typ": "at+jwt"], ["alg": "RS256", "kid": 7],
        ] as [JSONObject] {
            #expect(throws: IDToken.Refusal.self) { try Self.read(try signer.token(Self.claims(), header: header)) }
        }
        // Its own key and address are not looked at: the signature is checked by the provider's keys.
        let stranger = try Signer("r9")
        let own = try stranger.token(
            Self.claims(), header: ["alg": "RS256", "kid": "r1", "jwk": .object(try stranger.jwk()), "jku": "https://evil.example.com/"])
        #expect(throws: IDToken.Refusal.refused("signature")) { try Self.read(own) }
    }

    @Test func `what is no token is refused`() throws {
        let good = try Self.rsa.get().token(Self.claims())
        for text in ["", ".", "..", "a.b", good + ".x", good + "=", " " + good, String(repeating: "a", count: 20_000), "\(good.dropLast())!"] {
            #expect(throws: IDToken.Refusal.self) { try Self.read(text) }
        }
    }

    @Test func `keys of other kinds and uses are none`() throws {
        let good = try Self.rsa.get().jwk(use: nil)
        #expect(try JWSKey(jwk: good).algorithm == .rs256)
        func with(_ name: String, _ value: JSONValue) -> JSONObject {
            JSONObject(good.filter { $0.name != name } + [.init(name: name, value: value)])
        }
        for bad in [
            with("use", "enc"), with("alg", "HS256"), with("alg", "ES256"), with("kty", "oct"), with("n", "AQAB"), with("n", "!"), with("e", ""),
            ["kty": "oct", "k": "c2VjcmV0", "kid": "r1"], ["kty": "EC", "crv": "P-384", "x": "AA", "y": "AA"],
            [
                "kty": "EC", "crv": "P-256", "x": .string(Base64.url.encode([UInt8](repeating: 1, count: 32))),
                "y": .string(Base64.url.encode([UInt8](repeating: 1, count: 32))),
            ],
        ] as [JSONObject] {
            #expect(throws: AppError.self, "\(bad)") { try JWSKey(jwk: bad) }
        }
    }
}
