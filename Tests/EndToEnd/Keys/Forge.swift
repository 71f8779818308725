import Kernel

@testable import Tokens

/// Makes tokens that the product would never make, with the installation's own key where that is what makes the attack worth trying.
struct Forge: Sendable {
    let key: RSAKey
    /// The header and claims of a token that is accepted.
    let header: JSONObject
    let claims: JSONObject
    let token: String

    init(_ token: String, key: RSAKey) throws {
        self.token = token
        self.key = key
        let parts = token.split(separator: ".")
        header = try JSON.read(Base64.url.decode(parts[0]) ?? []).object ?? [:]
        claims = try JSON.read(Base64.url.decode(parts[1]) ?? []).object ?? [:]
    }

    /// The live token's parts.
    var parts: [String] { token.split(separator: ".").map(String.init) }

    /// Any texts as header and payload, signed by the installation's key as it signs.
    func signed(_ header: String, _ payload: String? = nil, by key: RSAKey? = nil, as algorithm: JWSAlgorithm = .rs256) throws -> String {
        let payload = payload ?? JSONValue.object(claims).description
        return try sign("\(Self.encode(header)).\(Self.encode(payload))", by: key, as: algorithm)
    }

    func sign(_ input: String, by other: RSAKey? = nil, as algorithm: JWSAlgorithm = .rs256) throws -> String {
        "\(input).\(Base64.url.encode(try (other ?? key).key.key.sign(Array(input.utf8), algorithm)))"
    }

    /// The live token's header with members changed, in front of its claims; nil takes a member out.
    func header(_ changes: [(String, JSONValue?)]) throws -> String { try signed(JSONValue.object(Self.change(header, changes)).description) }

    /// The live token's claims with members changed.
    func claims(_ changes: (String, JSONValue?)...) throws -> String {
        try signed(JSONValue.object(header).description, JSONValue.object(Self.change(claims, changes)).description)
    }

    /// A token with an HMAC under a secret.
    func hmac(_ header: String, secret: [UInt8]) -> String {
        let input = "\(Self.encode(header)).\(parts[1])"
        return "\(input).\(Base64.url.encode(HMACKey(secret).authenticate(Array(input.utf8)).bytes))"
    }

    static func encode(_ text: String) -> String { Base64.url.encode(Array(text.utf8)) }

    private static func change(_ object: JSONObject, _ changes: [(String, JSONValue?)]) -> JSONObject {
        var object = object
        for (name, value) in changes { object[name] = value }
        return object
    }
}
