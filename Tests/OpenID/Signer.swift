import Glibc
import Kernel
import Tokens

@testable import OpenID

/// A provider's private key, made and used by `openssl`, so that our own code does not vouch for itself.
final class Signer: Sendable {
    let id: String
    let isRSA: Bool
    private let path: String

    init(_ id: String, rsa: Bool = true) throws {
        self.id = id
        isRSA = rsa
        path = "/tmp/tenantry-signer-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
        let kind = rsa ? "RSA -pkeyopt rsa_keygen_bits:2048" : "EC -pkeyopt ec_paramgen_curve:prime256v1"
        guard system("openssl genpkey -algorithm \(kind) -out \(path) 2>/dev/null") == 0 else { throw AppError(.internalError, "no key") }
    }

    deinit { unlink(path) }

    /// The public half as a JWK.
    func jwk(alg: String? = nil, use: String? = "sig") throws -> JSONObject {
        let der = try run { "openssl pkey -in \(path) -pubout -outform DER -out \($0)" }
        var key: JSONObject
        if isRSA {
            let text = String(decoding: try run { "openssl rsa -in \(path) -noout -modulus -out \($0) 2>/dev/null" }, as: UTF8.self)
            let digits = text.split(separator: "=")[1].filter(\.isHexDigit).lowercased()
            guard let modulus = Hex.decode(digits) else { throw AppError(.internalError, "no modulus") }
            key = ["kty": "RSA", "kid": .string(id), "n": .string(Base64.url.encode(modulus)), "e": "AQAB"]
        } else {
            let point = Array(der.suffix(64))
            key = [
                "kty": "EC", "crv": "P-256", "kid": .string(id), "x": .string(Base64.url.encode(Array(point[..<32]))),
                "y": .string(Base64.url.encode(Array(point[32...]))),
            ]
        }
        if let alg { key = JSONObject(key.map { $0 } + [.init(name: "alg", value: .string(alg))]) }
        if let use { key = JSONObject(key.map { $0 } + [.init(name: "use", value: .string(use))]) }
        return key
    }

    func token(_ claims: JSONObject, alg: String? = nil, header: JSONObject? = nil) throws -> String {
        let alg = alg ?? (isRSA ? "RS256" : "ES256")
        let header = try JSON.encode(JSONValue.object(header ?? ["alg": .string(alg), "kid": .string(id), "typ": "JWT"]))
        let text = "\(Base64.url.encode(header)).\(Base64.url.encode(try JSON.encode(JSONValue.object(claims))))"
        return "\(text).\(Base64.url.encode(try sign(text, isPSS: alg == "PS256")))"
    }

    private func sign(_ text: String, isPSS: Bool) throws -> [UInt8] {
        let options = isPSS ? "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:-1" : ""
        let signature = try run { "printf %s '\(text)' | openssl dgst -sha256 -sign \(path) \(options) -out \($0)" }
        return isRSA ? signature : Self.flat(signature)
    }

    /// Runs a command that writes to a file of its own: tests share the key.
    private func run(_ command: (_ output: String) -> String) throws -> [UInt8] {
        let output = "\(path).\(UInt64.random(in: 0...UInt64.max))"
        defer { unlink(output) }
        guard system(command(output)) == 0 else { throw AppError(.internalError, "openssl failed") }
        return try File.read(output)
    }

    /// From the DER of an ECDSA signature to r and s of 32 bytes each.
    private static func flat(_ der: [UInt8]) -> [UInt8] {
        var rest = der[2...]
        var result: [UInt8] = []
        for _ in 0..<2 {
            let count = Int(rest[rest.startIndex + 1])
            let number = Array(rest[(rest.startIndex + 2)..<(rest.startIndex + 2 + count)].drop { $0 == 0 })
            result += [UInt8](repeating: 0, count: 32 - number.count) + number
            rest = rest[(rest.startIndex + 2 + count)...]
        }
        return result
    }
}
