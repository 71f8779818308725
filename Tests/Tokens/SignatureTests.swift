import Kernel
import Testing

@testable import Tokens

/// A row of Wycheproof's vectors.
struct SignatureRow: Decodable, Sendable, CustomTestStringConvertible {
    let id: Int
    let alg: String?
    let kty: String
    let use: String?
    let keyOps: [String]?
    let pem: String?
    let secret: String?
    let token: String
    let comment: String
    let expect: String

    enum CodingKeys: String, CodingKey {
        case id, alg, kty, use, pem, token, comment, expect
        case keyOps = "key_ops"
        case secret = "secret_b64"
    }

    var testDescription: String { "\(id) \(alg ?? "-") \(comment)" }
}

/// What the signature layer accepts, row by row of vectors that others made.
@Suite struct SignatureTests {
    /// Two rows lost in the data what they were to show, the padding: they are, byte for byte, another row that must be accepted.
    static let contradictory = [367, 370]

    static let rows: [SignatureRow] = {
        let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        return (try? JSON.decode([SignatureRow].self, from: JSON.read(File.read("\(folder)/Vectors/jws_rows.json")))) ?? []
    }()

    @Test("asvs-28: each row of Wycheproof is accepted or refused as it should be", arguments: rows.filter { !contradictory.contains($0.id) })
    func wycheproof(row: SignatureRow) throws {
        let isAccepted: Bool
        do throws(AppError) {
            isAccepted = try CompactJWS(row.token).isSigned(by: key(row))
        } catch {
            #expect(error.code == .unauthenticated || row.use == "enc" && error.code == .internalError, "\(error.detail ?? "")")
            isAccepted = false
        }
        #expect(isAccepted == (row.expect == "valid"))
    }

    @Test func `all rows are there, and those that are left out cannot be met`() {
        #expect(Self.rows.count == 196)
        #expect(Self.rows.count { $0.expect == "valid" } == 22)
        for row in Self.rows where Self.contradictory.contains(row.id) {
            #expect(row.expect == "invalid")
            #expect(Self.rows.contains { $0.token == row.token && $0.secret == row.secret && $0.expect == "valid" })
        }
    }

    @Test("asvs-28: padding, blanks and other alphabets", arguments: [0, 1, 2], ["=", "==", " ", "\n", "%3D", "+", "/", "A", "\u{0}", "é"])
    func padding(part: Int, added: String) throws {
        let valid = try #require(Self.rows.first { $0.id == 357 })
        var parts = valid.token.split(separator: ".").map(String.init)
        for changed in [parts[part] + added, added + parts[part]] {
            parts[part] = changed
            let token = parts.joined(separator: ".")
            #expect((try? CompactJWS(token).isSigned(by: key(valid))) != true)
        }
    }

    /// A row's key by the way that a provider's keys come in: as a JSON Web Key with all that the row says of it.
    private func key(_ row: SignatureRow) throws(AppError) -> JWSKey {
        if let secret = row.secret {
            return try .hs256(id: "", secret: Base64.standard.decode(secret.prefix { $0 != "=" }) ?? [])
        }
        let key = try OpenSSLKey(publicPEM: row.pem ?? "")
        // One row calls P-521's algorithm by the curve's number.
        let alg = row.alg == "ES521" ? "ES512" : row.alg
        var jwk: JSONObject = ["kty": .string(row.kty)]
        if let alg { jwk["alg"] = .string(alg) }
        if let use = row.use { jwk["use"] = .string(use) }
        if let operations = row.keyOps { jwk["key_ops"] = .array(operations.map { .string($0) }) }
        if row.kty == "RSA" {
            jwk["n"] = .string(Base64.url.encode(try key.number("n")))
            jwk["e"] = .string(Base64.url.encode(try key.number("e")))
        } else {
            let curve = JWSAlgorithm.allCases.compactMap(\.curve).first { $0.group == key.group }
            guard let curve else { throw AppError(.internalError) }
            func coordinate(_ name: String) throws(AppError) -> JSONValue {
                let number = try key.number(name)
                return .string(Base64.url.encode([UInt8](repeating: 0, count: curve.bytes - number.count) + number))
            }
            jwk["crv"] = .string(curve.name)
            jwk["x"] = try coordinate("qx")
            jwk["y"] = try coordinate("qy")
        }
        return try JWSKey(jwk: jwk)
    }

    private static let joe = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"

    static let examples: [(String, JSONObject, String)] = [
        (
            "A.2",
            [
                "kty": "RSA",
                "n":
                    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
                "e": "AQAB",
            ],
            "eyJhbGciOiJSUzI1NiJ9.\(joe).cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
        ),
        (
            "A.3",
            [
                "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
            ],
            "eyJhbGciOiJFUzI1NiJ9.\(joe).DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
        ),
        (
            "A.4",
            [
                "kty": "EC", "crv": "P-521",
                "x": "AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk",
                "y": "ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2",
            ],
            "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn"
        ),
    ]

    @Test("asvs-28: RFC 7515 appendix A, with public keys", arguments: examples)
    func signatures(name: String, jwk: JSONObject, token: String) throws {
        let key = try JWSKey(jwk: jwk)
        #expect(try CompactJWS(token).isSigned(by: key))
        #expect(!(try CompactJWS(token.replacing(".", with: ".A", maxReplacements: 1)).isSigned(by: key)))
    }

    @Test func `asvs-28: RFC 7515 appendix A.1 and RFC 7519 section 3.1, HS256`() throws {
        let secret = try #require(Base64.url.decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"))
        let key = try JWSKey.hs256(id: "", secret: secret)
        let token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\(Self.joe).dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        #expect(try CompactJWS(token).isSigned(by: key))
        #expect(try JSON.read(CompactJWS(token).payload)["iss"] == "joe")
    }

    @Test func `asvs-28: RFC 7515 appendix A.5 and RFC 7519 section 6.1, no signature`() throws {
        let token = "eyJhbGciOiJub25lIn0.\(Self.joe)."
        let error = #expect(throws: AppError.self) { try CompactJWS(token) }
        #expect(error?.code == .unauthenticated)
    }

    @Test("asvs-28: RFC 7515 appendix E, crit", arguments: ["exp", "http://example.invalid/UNDEFINED", "b64"])
    func critical(name: String) throws {
        let header = Base64.url.encode(Array(#"{"alg":"none","crit":["\#(name)"],"\#(name)":true}"#.utf8))
        let error = #expect(throws: AppError.self) { try CompactJWS("\(header).RkFJTA.AA") }
        #expect(error?.detail?.contains("crit") == true)
    }

    static let uselessKeys: [JSONObject] = [
        [:], ["kty": "oct", "k": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"], ["kty": "RSA", "n": "AQAB"],
        ["kty": "RSA", "n": "AQAB", "e": "AQAB"],
        ["kty": "RSA", "n": 5, "e": "AQAB"], ["kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"],
        [
            "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        ],
        [
            "kty": "EC", "crv": "P-256", "alg": "ES384", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        ],
        [
            "kty": "EC", "crv": "P-256", "alg": "HS256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        ],
        ["kty": "EC", "crv": "secp256k1", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"],
        [
            "kty": "EC", "crv": "P-256", "use": "enc", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        ],
        [
            "kty": "EC", "crv": "P-256", "key_ops": ["sign"], "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        ],
    ]

    @Test("asvs-28: keys that are none, or not for verifying", arguments: uselessKeys) func useless(jwk: JSONObject) {
        let error = #expect(throws: AppError.self) { try JWSKey(jwk: jwk) }
        #expect(error?.code == .internalError)
    }
}
