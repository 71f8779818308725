internal import Kernel

/// What a signed text says of its signature, read before anything is believed.
public struct JWSHeader: Sendable {
    /// The algorithm that it names, whatever that is.
    public let algorithm: String
    /// The key that it names; nil where it names none.
    public let keyID: String?
    /// The first member that is not `alg`, `kid` or a `typ` of `JWT`; nil where there is none.
    let stranger: String?

    /// Throws `UNAUTHENTICATED` for what is no JSON object with an `alg`, and for `crit`: nothing that it could ask for is known here (RFC 7515
    /// section 4.1.11).
    init(_ encoded: Substring) throws(AppError) {
        guard let bytes = Base64.url.decode(encoded) else { throw JWTVerifier.refused("the header is not base64url") }
        let members = try JWTVerifier.object(in: bytes, "the header")
        guard members["crit"] == nil else { throw JWTVerifier.refused("the header asks for what is not known: crit") }
        guard let algorithm = members["alg"]?.string else { throw JWTVerifier.refused("the header lacks alg") }
        self.algorithm = algorithm
        if let keyID = members["kid"] {
            guard let keyID = keyID.string else { throw JWTVerifier.refused("the header lacks a kid that is a text") }
            self.keyID = keyID
        } else {
            keyID = nil
        }
        stranger = members.first { !Self.isKnown($0.name, $0.value) }?.name
    }

    private static func isKnown(_ name: String, _ value: JSONValue) -> Bool { name == "alg" || name == "kid" || name == "typ" && value == "JWT" }
}
