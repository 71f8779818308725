import Kernel

@testable import Tokens

/// A token that must be refused, and why somebody would try it.
struct Mutation: Sendable {
    let name: String
    let token: String
}

/// Changes of one live token, after RFC 8725.
struct Mutations {
    let forge: Forge
    let now: Timestamp
    /// Where nobody may be asked for a key.
    let trap: String

    private var kid: String { forge.header["kid"]?.string ?? "" }

    func all() throws -> [Mutation] { try algorithms() + keys() + headers() + times() + names() + payloads() + encodings() + kinds() }

    private func named(_ kind: String, _ tokens: [(String, String)]) -> [Mutation] { tokens.map { Mutation(name: "\(kind): \($0.0)", token: $0.1) } }

    /// What the header says of the algorithm. Signed rightly by the installation's key wherever it can be.
    private func algorithms() throws -> [Mutation] {
        var tokens: [(String, String)] = []
        for none in ["none", "None", "NONE", "nOnE", "none ", ""] {
            let header = Forge.encode(#"{"alg":"\#(none)","kid":"\#(kid)","typ":"JWT"}"#)
            tokens.append((#""\#(none)" without a signature"#, "\(header).\(forge.parts[1])."))
            tokens.append((#""\#(none)" with the old signature"#, "\(header).\(forge.parts[1]).\(forge.parts[2])"))
        }
        for alg in ["HS256", "HS384", "HS512", "RS384", "RS512", "PS256", "ES256", "EdDSA", "rs256", "RS256 ", "RSA", "RS256\u{0}"] {
            tokens.append((alg, try forge.header([("alg", .string(alg))])))
        }
        tokens.append(("PS256, signed as such", try forge.signed(#"{"alg":"PS256","kid":"\#(kid)"}"#, as: .ps256)))
        tokens.append(("RS512, signed as such", try forge.signed(#"{"alg":"RS512","kid":"\#(kid)"}"#, as: .rs512)))
        tokens.append(("RS512's signature under RS256", try forge.signed(#"{"alg":"RS256","kid":"\#(kid)"}"#, as: .rs512)))
        for value in [nil, .null, 256, true, ["RS256"], [:]] as [JSONValue?] {
            tokens.append(("alg is \(value.map { "\($0)" } ?? "missing")", try forge.header([("alg", value)])))
        }
        let pem = forge.key.publicKey.pem
        let modulus = forge.key.publicKey.jwk["n"]?.string ?? ""
        let secrets: [(String, [UInt8])] = [
            ("the public PEM", Array(pem.utf8)), ("the PEM without its last line end", Array(pem.utf8.dropLast())),
            ("the PEM with CRLF", Array(pem.replacing("\n", with: "\r\n").utf8)), ("the modulus", Base64.url.decode(modulus) ?? []),
            ("the modulus as text", Array(modulus.utf8)), ("nothing", []), ("the kid", Array(kid.utf8)),
        ]
        for (name, secret) in secrets {
            tokens.append(("HS256 with \(name)", forge.hmac(#"{"alg":"HS256","kid":"\#(kid)","typ":"JWT"}"#, secret: secret)))
        }
        return named("algorithm", tokens)
    }

    /// Which key it asks for.
    private func keys() throws -> [Mutation] {
        var tokens: [(String, String)] = []
        for id in [
            "", "x", "../../../../dev/null", "/etc/passwd", "keys/jwt.json", "' or '1'='1", "'; drop table tenancy.tenants; --", "\(trap)/key.pem",
            "\(kid) ", "\(kid)\u{0}", kid.lowercased(), String(kid.dropLast()), String(repeating: "k", count: 5000), "ﬁ", "{}",
        ] {
            tokens.append(("kid \(id.prefix(20))", try forge.header([("kid", .string(id))])))
        }
        for value in [nil, .null, 1, [.string(kid)], ["kid": .string(kid)]] as [JSONValue?] {
            tokens.append(("kid is \(value.map { "\($0)".prefix(16).description } ?? "missing")", try forge.header([("kid", value)])))
        }
        let own = try RSAKey.generate()
        let jwk = own.publicKey.jwk.description
        tokens += [
            ("somebody's key under our name", try forge.signed(#"{"alg":"RS256","kid":"\#(kid)"}"#, by: own)),
            ("somebody's key under its own", try forge.signed(#"{"alg":"RS256","kid":"\#(own.publicKey.id)"}"#, by: own)),
            ("jwk with somebody's key", try forge.signed(#"{"alg":"RS256","kid":"\#(own.publicKey.id)","jwk":\#(jwk)}"#, by: own)),
            ("jwk under our name", try forge.signed(#"{"alg":"RS256","kid":"\#(kid)","jwk":\#(jwk)}"#, by: own)),
        ]
        for name in ["jku", "x5u"] {
            tokens.append(("\(name), somebody's key", try forge.signed(#"{"alg":"RS256","kid":"\#(kid)","\#(name)":"\#(trap)/keys"}"#, by: own)))
            tokens.append(("\(name), our key", try forge.header([(name, .string("\(trap)/keys"))])))
        }
        tokens.append(("kid twice", try forge.signed(#"{"alg":"RS256","kid":"x","kid":"\#(kid)"}"#)))
        return named("key", tokens)
    }

    /// What else stands in a header that is rightly signed.
    private func headers() throws -> [Mutation] {
        let plain = JSONValue.object(forge.header).description
        var tokens: [(String, String)] = []
        let members: [(String, JSONValue)] = [
            ("jwk", [:]), ("x5c", ["MIIB"]), ("x5t", "AAAA"), ("x5t#S256", "AAAA"), ("crit", ["exp"]), ("crit", []), ("crit", "exp"), ("b64", false),
            ("zip", "DEF"), ("cty", "JWT"), ("enc", "A256GCM"), ("epk", [:]), ("typ", "at+jwt"), ("typ", "JWE"), ("typ", .null), ("typ", 1),
            ("exp", 1),
        ]
        for (name, value) in members { tokens.append(("\(name) is \(value)", try forge.header([(name, value)]))) }
        let texts = [
            #"{"alg":"none","alg":"RS256","kid":"\#(kid)"}"#, #"{"alg":"RS256","alg":"none","kid":"\#(kid)"}"#, "[\(plain)]", "\"RS256\"", "null", "",
            "{}", "{", "\u{FEFF}\(plain)", "\(plain),", plain + plain, "/**/\(plain)", #"{"alg":"RS256","kid":"\#(kid)",}"#,
            #"{'alg':'RS256','kid':'\#(kid)'}"#, #"{"alg":"RS256","kid":"\#(kid)","a":\#(String(repeating: "[", count: 300))}"#,
        ]
        for text in texts { tokens.append((String(text.prefix(24)), try forge.signed(text))) }
        return named("header", tokens)
    }

    private func times() throws -> [Mutation] {
        let second = now.seconds
        var tokens: [(String, String)] = []
        let ends: [JSONValue?] = [
            nil, .null, .integer(second - 1), .integer(second - 900), 0, -1, .integer(.max), .integer(.min), .number(1e300),
            .number(Double(second) + 900.5),
            .string("\(second + 900)"), .string("never"), true, [.integer(second + 900)], .integer(second + 86_400), 99_999_999_999_999,
        ]
        for end in ends { tokens.append(("exp \(end.map { "\($0)" } ?? "missing")", try forge.claims(("exp", end)))) }
        let begins: [JSONValue?] = [
            nil, .null, .integer(second + 600), .integer(.max), -5, .string("\(second)"), .number(0.5), .integer(second - 90_000),
        ]
        for begin in begins { tokens.append(("iat \(begin.map { "\($0)" } ?? "missing")", try forge.claims(("iat", begin)))) }
        let starts: [JSONValue] = [.integer(second + 600), .string("0"), -1, .null, .number(1.5), [0]]
        for start in starts { tokens.append(("nbf \(start)", try forge.claims(("nbf", start)))) }
        tokens.append(("exp before iat", try forge.claims(("iat", .integer(second)), ("exp", .integer(second - 10)))))
        return named("time", tokens)
    }

    private func names() throws -> [Mutation] {
        var tokens: [(String, String)] = []
        for name in ["iss", "aud"] {
            let values: [JSONValue?] = [
                nil, .null, "other", "Tenantry", "tenantry/", " tenantry", "", ["tenantry"], ["other", "tenantry"], ["tenantry": true], 1,
            ]
            for value in values { tokens.append(("\(name) \(value.map { "\($0)" } ?? "missing")", try forge.claims((name, value)))) }
        }
        for name in ["sub", "tid", "jti"] {
            let values: [JSONValue?] = [nil, .null, "me", "", 1, ["x"], "*", "' or 1=1 --", "../.."]
            for value in values { tokens.append(("\(name) \(value.map { "\($0)" } ?? "missing")", try forge.claims((name, value)))) }
        }
        for value in [nil, .null, -1, 1.5, "1", true, .integer(.min)] as [JSONValue?] {
            tokens.append(("epoch \(value.map { "\($0)" } ?? "missing")", try forge.claims(("epoch", value))))
        }
        for value in [nil, .null, 1, ["owner"], "", "none", "Owner", "OWNER; --"] as [JSONValue?] {
            tokens.append(("role \(value.map { "\($0)" } ?? "missing")", try forge.claims(("role", value))))
        }
        for (name, value) in [("sid", "x"), ("sid", 1), ("scp", []), ("scp", "all"), ("scp", [1]), ("csrf", "x"), ("csrf", 1)]
            as [(String, JSONValue)]
        {
            tokens.append(("\(name) \(value)", try forge.claims((name, value))))
        }
        return named("claim", tokens)
    }

    private func payloads() throws -> [Mutation] {
        let header = JSONValue.object(forge.header).description
        let plain = JSONValue.object(forge.claims).description
        let members = plain.dropFirst()
        let deep = String(repeating: "[", count: 1000) + String(repeating: "]", count: 1000)
        let texts = [
            "", " ", "null", "[]", "\"x\"", "1", "{}", "[\(plain)]", "{\"sub\":\"00000000-0000-7000-8000-000000000001\",\(members)",
            "{\"exp\":1,\(members)", "{\"aud\":\"other\",\(members)", "\(plain.dropLast()),\"tid\":\"\(UUID.zero)\"}",
            "\(plain.dropLast()),\"a\":\(deep)}",
            "\(plain.dropLast()),}", "\(plain)x", plain + plain, "\u{FEFF}\(plain)", "{\"\\ud800\":1,\(members)", "\(plain.dropLast()),\"a\":01}",
            "\(plain.dropLast()),\"a\":NaN}",
        ]
        var tokens = try texts.map { ("\($0.prefix(30))", try forge.signed(header, $0)) }
        tokens.append(("no UTF-8", try forge.sign("\(forge.parts[0]).\(Base64.url.encode([0x7B, 0xFF, 0xFE, 0x7D]))")))
        tokens.append(
            ("UTF-16", try forge.sign("\(forge.parts[0]).\(Base64.url.encode(plain.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }))")))
        return named("payload", tokens)
    }

    private func encodings() throws -> [Mutation] {
        let parts = forge.parts
        let (header, payload, signature) = (parts[0], parts[1], parts[2])
        let bytes = Base64.url.decode(signature) ?? []
        func resigned(_ change: ([UInt8]) -> [UInt8]) -> String { "\(header).\(payload).\(Base64.url.encode(change(bytes)))" }
        func flipped(_ part: Int, _ place: Int) -> String {
            var digits = Array(parts[part].utf8)
            digits[place] = digits[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            var changed = parts
            changed[part] = String(decoding: digits, as: UTF8.self)
            return changed.joined(separator: ".")
        }
        // 256 bytes leave four bits of the last digit unused.
        let unused = ["B", "C", "D", "E"].map { "\(header).\(payload).\(signature.dropLast())\($0)" }.filter { $0 != forge.token }
        var tokens = [
            ("nothing", ""), ("one part", header), ("two parts", "\(header).\(payload)"), ("two parts and a dot", "\(header).\(payload)."),
            ("four parts", "\(forge.token).x"), ("five parts", "\(forge.token).\(payload).\(signature)"), ("a dot behind", "\(forge.token)."),
            ("a dot in front", ".\(forge.token)"), ("no header", ".\(payload).\(signature)"), ("no payload", "\(header)..\(signature)"),
            ("dots alone", ".."), ("padding behind", "\(forge.token)="), ("padding in the header", "\(header)=.\(payload).\(signature)"),
            ("padding in the payload", "\(header).\(payload)==.\(signature)"), ("a blank inside", "\(header). \(payload).\(signature)"),
            ("twice", "\(forge.token) \(forge.token)"), ("percent", forge.token.replacing(".", with: "%2E")),
            ("lower case", forge.token.lowercased()),
            ("in quotes", "\"\(forge.token)\""), ("Bearer twice", "Bearer \(forge.token)"), ("a comma", "\(forge.token),\(forge.token)"),
            ("the standard alphabet", "\(header).\(payload).\(signature.replacing("_", with: "/").replacing("-", with: "+"))+"),
            ("JSON serialization", #"{"payload":"\#(payload)","protected":"\#(header)","signature":"\#(signature)"}"#),
            ("parts exchanged", "\(payload).\(header).\(signature)"), ("no ASCII", "\(forge.token)é"),
            ("long", forge.token + String(repeating: "A", count: 4000)),
            ("a long payload", try forge.claims(("a", .string(String(repeating: "a", count: 6000))))),
            ("signature cut", resigned { Array($0.dropLast()) }), ("signature with a zero in front", resigned { [0] + $0 }),
            ("signature with a zero behind", resigned { $0 + [0] }), ("signature of zeros", resigned { $0.map { _ in 0 } }),
            ("signature of one", resigned { $0.dropLast().map { _ in 0 } + [1] }), ("signature of ones", resigned { $0.map { _ in 255 } }),
            ("signature backwards", resigned { $0.reversed() }), ("signature twice", resigned { $0 + $0 }),
            ("the payload's hash", "\(header).\(payload).\(Base64.url.encode(SHA256.hash("\(header).\(payload)").bytes))"),
        ]
        for (part, name) in ["header", "payload", "signature"].enumerated() {
            for place in [1, parts[part].utf8.count / 2, parts[part].utf8.count - 3] {
                tokens.append(("\(name), digit \(place)", flipped(part, place)))
            }
        }
        tokens += unused.enumerated().map { ("unused bits \($0.offset)", $0.element) }
        return named("encoding", tokens)
    }

    /// What is good for something else here.
    private func kinds() throws -> [Mutation] {
        let random = Base64.url.encode(SecureRandom.bytes(32))
        let ring = try SecretRing([.init(id: 1, bytes: SecureRandom.bytes(32))])
        return named(
            "kind",
            [
                ("a one-time token", random), ("an API key that is none", "tnk_abcdefgh_\(random)"),
                ("a sealed text", Base64.url.encode(try SealingRing(ring).seal([1], for: []))),
                ("a context", "tc1.1.t.\(UUID.zero).\(UUID.zero).owner.auth.0.9999999999999999.\(UUID.zero).\(String(repeating: "0", count: 64))"),
                ("a token of another installation", try JWTSigner(RSAKey.generate()).sign(forge.claims)),
                ("a token under a secret", try JWTSigner(secret: SecureRandom.bytes(32), id: kid).sign(forge.claims)),
            ])
    }
}
